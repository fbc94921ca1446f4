import * as v from "npm:valibot@1.5.0";

/**
 * The one way in which functions for programs look at what they are given. TypeScript finds a wrong argument where it is written; here it is
 * found for those who write JavaScript, and for values that come from elsewhere. What is looked at are names and types: whether a number is
 * within its range each function says itself, in a sentence of its own.
 *
 * The message of a schema says what is wanted, such as `a number`.
 */

const listed = new Intl.ListFormat("en", { type: "disjunction" });

/** Any schema of valibot's. */
export type Schema<Value = unknown> = v.GenericSchema<Value>;

/** Whatever a test lets pass. */
export function passing<Value>(wanted: string, test: (value: unknown) => boolean): Schema<Value> {
  return v.custom<Value>(test, wanted);
}

/** What `typeof` calls by one of some names. */
export function ofType<Value>(wanted: string, ...types: readonly string[]): Schema<Value> {
  return v.custom<Value>((value) => types.includes(typeof value), wanted);
}

/** A number, not a text that looks like one. NaN and infinities are left to whoever knows the range. */
export const NUMBER: Schema<number> = ofType("a number", "number");

/** True or false. */
export const BOOLEAN: Schema<boolean> = ofType("true or false", "boolean");

/** A text. */
export const TEXT: Schema<string> = ofType("a text", "string");

/** A function, whatever it is given. */
export function callback<Value>(): Schema<Value> {
  return ofType("a function", "function");
}

/** Values of single precision. */
export const FLOATS: Schema<Float32Array> = instanceOf(Float32Array);

/** A decoded photo. */
export const IMAGE: Schema<ImageData> = v.custom<ImageData>(
  (value) => hasNumbers(value, ["width", "height"]) && "data" in value && ArrayBuffer.isView(value.data),
  "an image such as await decodeImage(bytes) gives",
);

/** One of a few values. */
export function oneOf<const Values extends readonly (string | number)[]>(
  ...values: Values
): Schema<Values[number]> {
  return v.picklist(values, listed.format(values.map((value) => JSON.stringify(value))));
}

/** An instance of one of these classes. */
export function instanceOf<const Classes extends readonly (abstract new (...given: never[]) => object)[]>(
  ...classes: Classes
): Schema<InstanceType<Classes[number]>> {
  const wanted = listed.format(classes.map(({ name }) => withArticle(name)));
  return v.custom<InstanceType<Classes[number]>>(
    (value) => classes.some((one) => value instanceof one),
    wanted,
  );
}

/** Any number of values of a kind. */
export function listOf<Value>(schema: Schema<Value>, wanted: string): Schema<readonly Value[]> {
  return v.array(schema, wanted);
}

/** What `for await` takes. */
export function iterable<Value>(wanted: string): Schema<Iterable<Value> | AsyncIterable<Value>> {
  return v.custom<Iterable<Value> | AsyncIterable<Value>>(
    (value) =>
      typeof value === "object" && value !== null &&
      (Symbol.iterator in value || Symbol.asyncIterator in value),
    wanted,
  );
}

/** As many numbers as the names that stand for them. */
export function numbers<const Names extends readonly string[]>(
  ...names: Names
): Schema<{ readonly [Index in keyof Names]: number }> {
  const wanted = `[${names.join(", ")}] in numbers`;
  return v.custom<{ readonly [Index in keyof Names]: number }>(
    (value) =>
      Array.isArray(value) && value.length === names.length && value.every((one) => typeof one === "number"),
    wanted,
  );
}

/**
 * Something that has these methods: classes of others will do.
 *
 * @param wanted in words, such as `a classifier such as await loadClassifier() gives`.
 */
export function having<Value>(methods: readonly (keyof Value & string)[], wanted: string): Schema<Value> {
  return v.custom<Value>((value) => {
    if (typeof value !== "object" || value === null) return false;
    return methods.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
  }, wanted);
}

/** One schema for each option, so that one that is forgotten or misspelt, or is no longer optional, does not compile. */
export type OptionSchemas<Options> = {
  readonly [Name in keyof Options]-?: Record<never, never> extends Pick<Options, Name>
    ? v.OptionalSchema<Schema<Options[Name]>, undefined>
    : Schema<Options[Name]>;
};

/** The options of a function, and no others. */
export function optionsSchema<Options extends object>(entries: OptionSchemas<Options>): Schema<Options> {
  return v.strictObject(
    entries as v.ObjectEntries,
    `an object of ${listed.format(Object.keys(entries))}`,
  ) as unknown as Schema<Options>;
}

/** An object with at least these fields, such as a record that was read from a file: later versions may have written more. */
export function recordSchema<Fields extends object>(entries: OptionSchemas<Fields>): Schema<Fields> {
  return v.looseObject(entries as v.ObjectEntries, "an object") as unknown as Schema<Fields>;
}

/** An object, whatever is in it. */
export function anyObject<Value extends object>(): Schema<Value> {
  return v.custom<Value>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "an object",
  );
}

/** What may be left out. */
export function optional<Value>(schema: Schema<Value>): v.OptionalSchema<Schema<Value>, undefined> {
  return v.optional(schema);
}

/** A number, or what a schema says. */
export function numberOr<Value>(other: Schema<Value>): Schema<number | Value> {
  return v.lazy((value) => typeof value === "number" ? NUMBER : other) as Schema<number | Value>;
}

/** What holds for one of two kinds of value: the first schema for texts, the other for the rest. */
export function textOr<Text extends string, Value>(
  text: Schema<Text>,
  other: Schema<Value>,
): Schema<Text | Value> {
  return v.lazy((value) => typeof value === "string" ? text : other) as Schema<Text | Value>;
}

/** The arguments of a function by their names. */
export function argumentsSchema<Arguments extends object>(
  entries: { readonly [Name in keyof Arguments]: Schema },
): Schema<Arguments> {
  return v.object(entries as v.ObjectEntries) as unknown as Schema<Arguments>;
}

/**
 * Refuses wrong arguments.
 *
 * @param doing what the function does, such as `label a photo`.
 * @param schema the arguments by their names.
 * @param given the values by the same names.
 * @throws {TypeError} that names the first, says what it is and what is wanted.
 */
export function checkArguments<Arguments extends object>(
  doing: string,
  schema: Schema<Arguments>,
  given: { readonly [Name in keyof Arguments]: unknown },
): void {
  const fault = findFault(schema, given);
  if (fault !== undefined) throw new TypeError(`Cannot ${doing}: ${fault}`);
}

/** The first thing that is wrong with a value, as the end of a sentence, full stop included; undefined where it is as wanted. */
export function findFault(schema: Schema, value: unknown): string | undefined {
  const { issues } = v.safeParse(schema, value, { abortEarly: true });
  return issues && describeIssue(issues[0], schema);
}

/** What is wrong with a value, as the end of a sentence. */
function describeIssue(issue: v.BaseIssue<unknown>, schema: Schema): string {
  const name = v.getDotPath(issue) ?? "the value";
  const { input, message } = issue;
  if (issue.type === "strict_object" && issue.expected === "never") {
    return `there is no ${name}; ${
      message.replace("an object of", "known are").replace(/ or ([^ ]+)$/, " and $1")
    }.`;
  }
  if (input !== undefined) return `${name} is ${describeValue(input)}, ${message} is wanted.`;
  return `${name} is missing, ${wantedAt(schema, issue.path ?? []) ?? message} is wanted.`;
}

/** What a schema wants of the value at a path: of a name that is missing valibot knows the object's wish alone. */
function wantedAt(schema: Schema, path: readonly { readonly key?: unknown }[]): string | undefined {
  interface Node {
    readonly entries?: Readonly<Record<string, Node>>;
    /** What a list is of. */
    readonly item?: Node;
    readonly wrapped?: Node;
    /** The schema of a value that is looked at first; here it is an object. */
    readonly getter?: (value: object) => Node;
    readonly message?: string;
  }
  const bare = (node: Node): Node => {
    const inner = node.wrapped ?? node.getter?.({});
    return inner === undefined ? node : bare(inner);
  };
  let node = bare(schema as Node);
  for (const { key } of path) node = bare(node.entries?.[String(key)] ?? node.item ?? {});
  return node.message;
}

/** A value in a few words. */
function describeValue(value: unknown): string {
  if (typeof value === "string") {
    const shown = JSON.stringify(value);
    return shown.length > 60 ? `${shown.slice(0, 59)}…` : shown;
  }
  if (typeof value === "function") return `the function ${value.name || "without a name"}`;
  if (Array.isArray(value)) return value.length <= 4 && value.every(isPlain) ? `[${value}]` : "an array";
  if (typeof value !== "object" || value === null) return String(value);
  const kind = value.constructor?.name;
  if (kind === "Promise") return "a Promise (await is missing)";
  return kind === undefined || kind === "Object" ? "an object" : withArticle(kind);
}

function withArticle(name: string): string {
  return `${/^[AEIO]/.test(name) ? "an" : "a"} ${name}`;
}

function isPlain(value: unknown): boolean {
  return ["number", "boolean"].includes(typeof value);
}

function hasNumbers(value: unknown, names: readonly string[]): value is object {
  if (typeof value !== "object" || value === null) return false;
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === "number");
}
