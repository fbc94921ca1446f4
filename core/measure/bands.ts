import { argumentsSchema, checkArguments, NUMBER, passing, TEXT } from "../arguments.ts";

/** A band of widths. */
export interface WidthBand {
  /** What it is called, such as `low`. */
  readonly name: string;
  /** The greatest width that belongs to it, in millimetres; the last band has none. */
  readonly upTo?: number;
}

/** Bands of crack widths after a standard or a guideline. A guide, not a verdict. */
export interface WidthBands {
  /** Names the table on the command line, such as `aci-224r`. */
  readonly id: string;
  /** What it is, in a line. */
  readonly title: string;
  /** Where the limits are from. */
  readonly source: string;
  /** What is to be kept in mind. */
  readonly note: string;
  /** Which width of a crack is looked up. */
  readonly by: "mean" | "median" | "p95" | "max";
  /** From the narrowest to the widest. */
  readonly bands: readonly WidthBand[];
}

/** What every table has to say of itself. */
const GUIDE = "A guide, not a verdict.";
const SECONDARY = "limits quoted from secondary sources, to be checked against the standard itself";

/** The tables by their names, to be used as they are or as patterns for one's own. */
export const widthBands = {
  "aci-224r": {
    id: "aci-224r",
    title:
      "ACI 224R-01, table 4.1: reasonable crack widths of reinforced concrete under service loads, by exposure",
    source: `ACI 224R-01, Control of Cracking in Concrete Structures; ${SECONDARY}`,
    note:
      `${GUIDE} ACI itself expects a part of the cracks to exceed these widths. A band names the severest exposure that the width is reasonable in.`,
    by: "p95",
    bands: [
      { name: "water-retaining", upTo: 0.1 },
      { name: "sea water", upTo: 0.15 },
      { name: "de-icing chemicals", upTo: 0.18 },
      { name: "humidity, moist air, soil", upTo: 0.3 },
      { name: "dry air", upTo: 0.41 },
      { name: "beyond" },
    ],
  },
  "eurocode-2": {
    id: "eurocode-2",
    title: "Eurocode 2, table 7.1N: recommended greatest widths of reinforced concrete, by exposure class",
    source: `EN 1992-1-1:2004, table 7.1N; ${SECONDARY}`,
    note:
      `${GUIDE} They are limits of computed widths under quasi-permanent loads, and national annexes change them; prestressed members have 0.2 mm or decompression.`,
    by: "p95",
    bands: [
      { name: "prestressed, bonded", upTo: 0.2 },
      { name: "XC2 to XC4, XD, XS", upTo: 0.3 },
      { name: "X0, XC1", upTo: 0.4 },
      { name: "beyond" },
    ],
  },
  "astm-d6433": {
    id: "astm-d6433",
    title: "ASTM D6433: severity of unfilled longitudinal and transverse cracks of asphalt",
    source:
      `ASTM D6433, Standard Practice for Roads and Parking Lots Pavement Condition Index Surveys; ${SECONDARY}`,
    note: `${GUIDE} Severity depends on filling and on random cracks beside, too.`,
    by: "mean",
    bands: [{ name: "low", upTo: 10 }, { name: "medium", upTo: 75 }, { name: "high" }],
  },
  "sn-640312a": {
    id: "sn-640312a",
    title: "SN 640 312a: classes of crack widths",
    source: `SN 640 312a; ${SECONDARY}`,
    note: GUIDE,
    by: "max",
    bands: [
      { name: "under 0.2 mm", upTo: 0.2 },
      { name: "0.2 to 1 mm", upTo: 1 },
      { name: "1 to 3 mm", upTo: 3 },
      { name: "over 3 mm" },
    ],
  },
  jci: {
    id: "jci",
    title: "JCI: widths from which repair is considered, by purpose",
    source:
      `Japan Concrete Institute, Practical Guideline for Investigation, Repair and Strengthening of Cracked Concrete Structures; ${SECONDARY}`,
    note: `${GUIDE} For durability the limit lies between 0.4 and 1.0 mm, by environment.`,
    by: "max",
    bands: [
      { name: "none", upTo: 0.2 },
      { name: "waterproofing", upTo: 0.4 },
      { name: "waterproofing; durability in severe environments", upTo: 1 },
      { name: "waterproofing and durability" },
    ],
  },
} as const satisfies Record<string, WidthBands>;

/** The name of one of {@linkcode widthBands}. */
export type WidthBandsId = keyof typeof widthBands;

const ARGUMENTS = argumentsSchema({
  bands: passing<WidthBands>(
    "a table of bands, such as widthBands.jci",
    (value) => typeof value === "object" && value !== null && "bands" in value && Array.isArray(value.bands),
  ),
  width: NUMBER,
});

/**
 * The band that a width belongs to. A guide, not a verdict: what a width means depends on much that no photo shows.
 *
 * @example
 * ```ts
 * import { bandOf, widthBands } from "../../mod.ts";
 *
 * console.log(bandOf(widthBands["astm-d6433"], 12)); // medium
 * ```
 *
 * @param bands one of {@linkcode widthBands} or a table of one's own.
 * @param width millimetres.
 * @returns its name; undefined of NaN.
 * @throws {TypeError} if an argument is none of the wanted.
 */
export function bandOf(bands: WidthBands, width: number): string | undefined {
  checkArguments("find the band of a width", ARGUMENTS, { bands, width });
  if (Number.isNaN(width)) return undefined;
  return bands.bands.find(({ upTo = Infinity }) => width <= upTo)?.name;
}

/** Which widths of a crack bands can go by. */
const MEASURES = ["mean", "median", "p95", "max"];

/**
 * Reads a table of bands from JSON, with the fields of {@linkcode WidthBands}.
 *
 * @throws {SyntaxError} if the text is no such table, in a sentence that says what is wrong.
 */
export function parseWidthBands(text: string): WidthBands {
  checkArguments("read bands", argumentsSchema({ text: TEXT }), { text });
  const refuse = (reason: string) => new SyntaxError(`Cannot read the bands: ${reason}.`);
  let table: Record<string, unknown>;
  try {
    table = JSON.parse(text);
  } catch {
    throw refuse("it is no JSON");
  }
  if (typeof table !== "object" || table === null || Array.isArray(table)) {
    throw refuse("an object with the field bands is wanted");
  }
  const { id = "own", title = "Own bands", source = "", note = GUIDE, by = "p95", bands } = table;
  for (const [name, value] of Object.entries({ id, title, source, note })) {
    if (typeof value !== "string") throw refuse(`its ${name} is ${JSON.stringify(value)}, a text is wanted`);
  }
  if (!MEASURES.includes(by as string)) {
    throw refuse(`its field by is ${JSON.stringify(by)}, one of ${MEASURES.join(", ")} is wanted`);
  }
  if (!Array.isArray(bands) || bands.length === 0) {
    throw refuse("its field bands is wanted to be a list of bands");
  }
  let before = 0;
  bands.forEach((band, i) => {
    if (typeof band?.name !== "string") throw refuse(`its band ${i + 1} has no name`);
    const last = i === bands.length - 1;
    if (band.upTo === undefined && last) return;
    if (typeof band.upTo !== "number" || !(band.upTo > before)) {
      throw refuse(
        `upTo of its band ${band.name} is ${
          JSON.stringify(band.upTo) ?? "missing"
        }, a number of millimetres above ${before} is wanted`,
      );
    }
    before = band.upTo;
  });
  return { id, title, source, note, by, bands } as WidthBands;
}
