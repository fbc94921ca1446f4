import { decodeFile } from "../images/decode_file.ts";
import {
  brightestOf,
  describeMaskFile,
  type MaskRule,
  type MaskSetValues,
  type MaskSplit,
  splitMask,
} from "./mask_form.ts";
import { readWideClasses } from "./wide_mask.ts";
import { spread, type TruthMask, type TruthReader } from "./sample.ts";

/**
 * Reads the truth of a photo from the bytes of an image.
 *
 * @param set what other masks of its set hold.
 * @throws what `decodeFile` and `splitMask` throw.
 */
export async function readMask(bytes: Uint8Array, rule: MaskRule, set?: MaskSetValues): Promise<TruthMask> {
  return maskOf(bytes, await decodeMask(bytes), { rule, set }).mask;
}

/** RGBA of a mask: its class numbers where they lie in wider samples, else what a picture shows. */
async function decodeMask(bytes: Uint8Array): Promise<ImageData> {
  const image = await decodeFile(bytes, { samples: "stored" });
  return readWideClasses(bytes) ?? image;
}

/**
 * Reads a confidence map from the bytes of an image: the brightest of red, green and blue says how surely a pixel is crack, and 128 and
 * more (1, where none exceeds 1) is crack where that has to be decided.
 *
 * @param full what stands for certainty.
 * @throws what `decodeFile` throws.
 */
export async function readConfidence(bytes: Uint8Array, full: 1 | 255 = 255): Promise<TruthMask> {
  const image = await decodeFile(bytes, { samples: "stored" });
  const confidence = brightestOf(image.data).map((value) => Math.min(255, value * (255 / full)));
  return { ...maskOf(bytes, image, { rule: "bright" }).mask, confidence };
}

/** What stands for certainty in confidence maps, and what to say about it. */
export interface ConfidenceScale {
  readonly full: 1 | 255;
  readonly notes: readonly string[];
}

/**
 * Looks whether confidence maps hold 0 and 1 of 255, as programs write that keep classes, not shades: where no map of a set has more, and some have
 * 1, that is certainty. Maps are read up to the first that has more; those that cannot be read are passed over.
 */
export async function confidenceScale(paths: Iterable<string>): Promise<ConfidenceScale> {
  let ones = false;
  for (const path of paths) {
    const highest = await Deno.readFile(path).then((bytes) => decodeFile(bytes, { samples: "stored" })).then(
      ({ data }) => brightestOf(data).reduce((most, value) => Math.max(most, value), 0),
      (error) => {
        if (error instanceof Deno.errors.NotCapable) throw error;
        return 0;
      },
    );
    if (highest > 1) return { full: 255, notes: [] };
    ones ||= highest === 1;
  }
  return ones
    ? { full: 1, notes: ["The highest value of the confidence maps is 1 of 255: they are read as 0 and 1."] }
    : { full: 255, notes: [] };
}

interface MaskReadingRule {
  readonly rule: MaskRule;
  readonly set?: MaskSetValues;
}

function maskOf(
  bytes: Uint8Array,
  image: ImageData,
  reading: MaskReadingRule,
): { readonly mask: TruthMask; readonly pair: MaskSplit["pair"] } {
  const { file, lossy } = describeMaskFile(bytes);
  const { data, weight, values, crack, pair } = splitMask(image, { ...reading, lossy });
  const known = weight === undefined ? {} : { weight };
  const mask = { width: image.width, height: image.height, data, ...known, form: { file, values, crack } };
  return { mask, pair };
}

/** How the masks of a set are read. */
export interface MaskReading {
  readonly read: TruthReader;
  /** What was decided about them, in sentences. */
  readonly notes: readonly string[];
}

/** Options of {@linkcode settleReading}. */
export interface SettleReadingOptions {
  /** What is known of the masks: that bright is crack, or dark; or nothing. */
  readonly rule: "bright" | "dark" | "recognise";
  /** Whether dark is crack. Default: by the rule; where nothing is known, whether bright pixels are the majority in most masks looked at. */
  readonly inverted?: boolean;
}

/** Masks that are looked at. */
const PROBES = 12;
/** Masks that say of which kind a set is, where two thirds of them agree. */
const ENOUGH = 3;
/** A mask that is crack beyond this share among masks that are not is inverted for sure; from a half on it may be. */
const INVERTED_FOR_SURE = 0.75;

/**
 * Looks at up to twelve masks of a set and settles how all are read. Masks that cannot be read are passed over: they are reported when their
 * turn comes.
 *
 * Where it is not known what is crack and the masks agree, one that disagrees with them is turned, which its `note` says; one of which it cannot
 * be told is refused, when it is read.
 *
 * @param paths the files of the masks.
 */
export async function settleReading(
  paths: readonly string[],
  { rule, inverted }: SettleReadingOptions,
): Promise<MaskReading> {
  const given = inverted ?? rule === "dark";
  const bright = rule === "recognise" ? rule : "bright";
  const dark = rule === "recognise" ? "recognise inverted" : "dark";
  const { forms, looked, mostlyCrack, set } = await probe(spread(paths, PROBES), given ? dark : bright);
  const turned = inverted === undefined && rule === "recognise" && 2 * mostlyCrack > looked;
  const notes = looked === 0 ? [] : [
    `Truth: ${forms.join("; ")}; ${given !== turned ? "dark (inverted)" : "bright"} is crack.`,
  ];
  if (turned) {
    notes.push(
      `The masks are inverted: in ${mostlyCrack} of the ${looked} looked at, bright pixels are the majority, and cracks never are.`,
    );
  } else if (2 * mostlyCrack > looked) {
    notes.push(
      `In ${mostlyCrack} of the ${looked} masks looked at most pixels are crack: they may have to be inverted.`,
    );
  }
  const [settled, other]: readonly MaskRule[] = given !== turned ? [dark, bright] : [bright, dark];
  const disagree = turned ? looked - mostlyCrack : mostlyCrack;
  const agreed = inverted === undefined && rule === "recognise" && looked >= ENOUGH && 3 * disagree <= looked;
  const read = (bytes: Uint8Array) => readMask(bytes, settled, set);
  return { read: agreed ? (bytes) => readAmong(bytes, { read, other, set }) : read, notes };
}

/**
 * Reads a mask among others, in all of which the smaller part is crack.
 *
 * @throws {RangeError} where the larger part of this one is, and it cannot be told whether it is inverted.
 */
async function readAmong(
  bytes: Uint8Array,
  { read, other, set }: {
    readonly read: TruthReader;
    /** The rule that turns it. */
    readonly other: MaskRule;
    readonly set: MaskSetValues;
  },
): Promise<TruthMask> {
  const mask = await read(bytes);
  const share = crackShare(mask);
  if (!(share > 0.5)) return mask;
  const percent = `${Math.floor(100 * share)} % of its pixels`;
  if (share > INVERTED_FOR_SURE && share < 1) {
    const note = `The mask is inverted, unlike the others of its set, and was turned: ${percent} were crack.`;
    return { ...await readMask(bytes, other, set), note };
  }
  throw new RangeError(
    `Cannot tell crack from background: read like the other masks of its set, ${percent} are crack, more than cracks cover; ` +
      "turn the mask if it is inverted, or leave it out.",
  );
}

/** Of what is known, the share that is crack. */
function crackShare({ data, weight }: TruthMask): number {
  let known = 0, crack = 0;
  for (const [i, value] of data.entries()) {
    if (weight?.[i] === 0) continue;
    known++;
    crack += value;
  }
  return known === 0 ? 0 : crack / known;
}

/** What a few masks hold. */
interface MaskProbe {
  /** Kinds of masks, each as `1-bit PNG of 0/255`. */
  readonly forms: readonly string[];
  /** Masks that were read and have more than one value. */
  readonly looked: number;
  /** Those of them that are crack in the larger part of what is known. */
  readonly mostlyCrack: number;
  readonly set: MaskSetValues;
}

async function probe(paths: readonly string[], rule: MaskRule): Promise<MaskProbe> {
  const files: Uint8Array[] = [];
  for (const path of paths) {
    const bytes = await Deno.readFile(path).catch((error) => {
      if (error instanceof Deno.errors.NotCapable) throw error;
    });
    if (bytes !== undefined) files.push(bytes);
  }
  const lookAt = async (set?: MaskSetValues) => {
    const found = await Promise.all(
      files.map(async (bytes) => {
        try {
          return maskOf(bytes, await decodeMask(bytes), { rule, set });
        } catch {
          return undefined;
        }
      }),
    );
    return found.filter((mask) => mask !== undefined);
  };
  let found = await lookAt();
  const ignores = found.some(({ mask }) => mask.weight !== undefined);
  // A mask of 0 and 255 was taken for ground and crack: beside others that ignore 255 it shows no crack.
  if (ignores) found = await lookAt({ ignores });
  const pairs = found.flatMap(({ pair }) => pair === undefined ? [] : [pair]);
  const pair = pairs.every((other) => other.join() === pairs[0].join()) ? pairs[0] : undefined;
  const telling = found.filter(({ mask: { form, weight } }) =>
    weight !== undefined || !/one value$/.test(form.values)
  );
  const mostlyCrack = telling.filter(({ mask }) => crackShare(mask) > 0.5);
  return {
    forms: [...new Set(telling.map(({ mask }) => describeForm(mask)))],
    looked: telling.length,
    mostlyCrack: mostlyCrack.length,
    set: { pair, ignores },
  };
}

/** How a mask is stored, as `1-bit PNG of 0/255`. */
export function describeForm({ form: { file, values } }: TruthMask): string {
  return `${file} of ${values.replace(/\bsoft\b/, "soft values")}`;
}
