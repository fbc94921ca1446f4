import { sniffFormat } from "../images/image_format.ts";

/** How a file holds a truth. */
export interface MaskForm {
  /** The kind of file, such as `1-bit PNG`, `palette PNG`, `JPEG`, `MATLAB`. */
  readonly file: string;
  /**
   * Its values: `0/1`, `0/255` or another pair; `soft` for many; `one value`, of which nothing but the kind of layout can tell whether
   * it is crack; `classes` for CFD's numbers of regions.
   */
  readonly values: string;
  /** What is taken for crack, such as `≥ 128`. */
  readonly crack: string;
}

/** Which values of a mask are crack. */
export type MaskRule =
  /** Values of 128 and more; 1, where none exceeds 1. */
  | "bright"
  /** The others. */
  | "dark"
  /** By the values that occur: of two the greater, of many the upper half; anything else is refused. */
  | "recognise"
  /** As `recognise`, and then the others. */
  | "recognise inverted";

/** What the masks of a set have in common, by which a mask is read whose own values leave it open. */
export interface MaskSetValues {
  /** The values of ground and crack, the lower first, where all masks with two values have the same. */
  readonly pair?: readonly [lower: number, upper: number];
  /** Whether 255 beside numbers of classes says that nothing is known of a pixel. */
  readonly ignores: boolean;
}

/** What {@linkcode splitMask} finds. */
export interface MaskSplit {
  /** One value a pixel, 1 for crack. */
  readonly data: Uint8Array;
  /** One value a pixel, 0 where nothing is known and 255 elsewhere; undefined where all is known. */
  readonly weight?: Uint8Array;
  readonly values: string;
  readonly crack: string;
  /** The two values, the lower first; undefined where there are not two. */
  readonly pair?: readonly [lower: number, upper: number];
}

/** Two values nearer than this are one with noise, unless the lower one is a number of a class. */
const APART = 64;
/** Numbers of classes; soft masks reach higher. */
const HIGHEST_CLASS = 31;
/** Values from here to 255 − here are neither crack nor background. */
const MIDDLE = 64;
/** Colours that a painter or a palette of classes uses; a photo of a mask has more. */
const FEW = 16;
/** What marks pixels of which nothing is known, in masks of class numbers. */
const IGNORED = 255;
/** Alpha from which on a pixel is seen. */
const VISIBLE = 128;
/** Less of a drawing than this is of its two most frequent colours only where it is drawn on a photo. */
const DRAWN = 0.5;

/**
 * Says of each pixel of a mask whether it is crack.
 *
 * The brightest of red, green and blue counts, so that a palette may draw cracks in any bright colour; alpha, where all that can be seen has one
 * colour: such cracks are drawn on nothing. Two colours are always ground and crack.
 *
 * @param image RGBA.
 * @param options `rule`; `lossy`: values near each other may be the same one, as in a JPEG; `set`: what other masks hold.
 * @throws {RangeError} When `rule` is to recognise them, and the mask has three values or colours, is one of class numbers, or a picture.
 */
export function splitMask(
  { data: rgba }: Pick<ImageData, "data">,
  { rule, lossy = false, set }: {
    readonly rule: MaskRule;
    readonly lossy?: boolean;
    readonly set?: MaskSetValues;
  },
): MaskSplit {
  const inverted = rule === "dark" || rule === "recognise inverted";
  if (rule === "bright" || rule === "dark") {
    const values = brightestOf(rgba), levels = levelsOf(values);
    return cut(values, { levels, least: middleOf(levels), inverted });
  }
  if (drawnInAlpha(rgba)) {
    const values = alphaOf(rgba), levels = levelsOf(values);
    // Where nothing is drawn there is no crack, even if nothing is drawn at all.
    const least = levels.length === 2 ? levels[1] : VISIBLE;
    const { data, values: names, crack } = cut(values, { levels, least, inverted });
    return { data, values: `alpha ${names}`, crack: `alpha ${crack}` };
  }
  const values = brightestOf(rgba), levels = levelsOf(values);
  const colours = lossy ? undefined : fewColours(rgba);
  if (colours === undefined) requireDrawing(rgba, { values, levels });
  else if (colours.length === 2 && levels.length === 1) return cutColours(rgba, { colours, inverted });
  const ignoring = !lossy && ignores(levels, set);
  const classes = ignoring ? levels.slice(0, -1) : levels;
  const least = lossy
    ? middleOf(levels)
    : leastCrack(classes, { colours, pair: set?.pair, highest: levels[levels.length - 1] });
  return cut(values, { levels: classes, least, inverted, ignored: ignoring ? IGNORED : undefined });
}

interface Cut {
  /** The values that say something, ascending. */
  readonly levels: readonly number[];
  /** The least value that is crack. */
  readonly least: number;
  readonly inverted: boolean;
  /** The value of pixels of which nothing is known. */
  readonly ignored?: number;
}

function cut(
  values: Uint8Array,
  { levels, least, inverted, ignored }: Cut,
): MaskSplit {
  const above = inverted ? 0 : 1;
  const names = levels.length === 0
    ? "no value"
    : levels.length === 1
    ? "one value"
    : levels.length === 2
    ? levels.join("/")
    : "soft";
  // By a table: a call a pixel takes ten times as long.
  const meaning = Uint8Array.from(
    { length: 256 },
    (_, value) => value === ignored ? 0 : value >= least ? above : 1 - above,
  );
  const data = new Uint8Array(values.length);
  for (let i = 0; i < data.length; i++) data[i] = meaning[values[i]];
  return {
    data,
    weight: ignored === undefined ? undefined : values.map((value) => value === ignored ? 0 : 255),
    values: ignored === undefined ? names : `${names}, ${ignored} ignored`,
    crack: `${inverted ? "<" : "≥"} ${least}`,
    pair: levels.length === 2 ? [levels[0], levels[1]] : undefined,
  };
}

/** Two colours of one brightness, as red and blue. */
function cutColours(
  rgba: ImageData["data"],
  { colours: [lower, upper], inverted }: { readonly colours: readonly number[]; readonly inverted: boolean },
): MaskSplit {
  const crack = inverted ? lower : upper;
  return {
    data: new Uint8Array(rgba.length / 4).map((_, i) => Number(colourAt(rgba, 4 * i) === crack)),
    values: `${hex(lower)}/${hex(upper)}`,
    crack: hex(crack),
  };
}

/** The brightest of red, green and blue of each pixel. */
export function brightestOf(rgba: ImageData["data"]): Uint8Array {
  const brightest = new Uint8Array(rgba.length / 4);
  for (let i = 0, at = 0; i < brightest.length; i++, at += 4) {
    brightest[i] = Math.max(rgba[at], rgba[at + 1], rgba[at + 2]);
  }
  return brightest;
}

function alphaOf(rgba: ImageData["data"]): Uint8Array {
  return new Uint8Array(rgba.length / 4).map((_, i) => rgba[4 * i + 3]);
}

/** The values that occur, ascending. */
function levelsOf(values: Uint8Array): number[] {
  const occurs = new Array<boolean>(256).fill(false);
  for (const value of values) occurs[value] = true;
  return [...occurs.keys()].filter((value) => occurs[value]);
}

/** Whether all that can be seen has one colour, and something cannot be seen: then alpha is what was drawn. */
function drawnInAlpha(rgba: ImageData["data"]): boolean {
  let colour: number | undefined, hidden = false;
  for (let at = 0; at < rgba.length; at += 4) {
    if (rgba[at + 3] < VISIBLE) hidden = true;
    else if (colour === undefined) colour = colourAt(rgba, at);
    else if (colour !== colourAt(rgba, at)) return false;
  }
  return hidden;
}

/** Where the middle of a mask's scale lies: at 1 of 0/1, at 128 of 0..255. */
function middleOf(levels: readonly number[]): number {
  return levels[levels.length - 1] <= 1 ? 1 : 128;
}

/** Whether a value of 255 says that nothing is known: beside two numbers of classes, or where other masks of the set have it so. */
function ignores(levels: readonly number[], set: MaskSetValues | undefined): boolean {
  const highest = levels[levels.length - 1];
  const classes = levels.slice(0, -1);
  if (highest !== IGNORED || classes.some((value) => value > HIGHEST_CLASS)) return false;
  return classes.length === 2 || (set?.ignores === true && classes.length < 2);
}

/** The least value that is crack. */
function leastCrack(
  levels: readonly number[],
  { colours, pair, highest }: {
    readonly colours: readonly number[] | undefined;
    readonly pair: MaskSetValues["pair"];
    /** Of all values, one that is ignored among them. */
    readonly highest: number;
  },
): number {
  if (colours !== undefined && colours.length > 2 && colours.some((colour) => !isGrey(colour))) {
    throw new RangeError(
      `Cannot tell crack from background: the mask has ${colours.length} colours, ${
        listed(colours.map(hex))
      }; give one with two.`,
    );
  }
  // Of one value nothing but the other masks can tell what it is.
  if (levels.length < 2) {
    return pair !== undefined && (levels.length === 0 || pair.includes(levels[0]))
      ? pair[1]
      : middleOf(levels);
  }
  const [lowest] = levels, upper = levels[levels.length - 1];
  if (levels.length === 2 && (lowest <= HIGHEST_CLASS || upper - lowest >= APART)) return upper;
  const inMiddle = levels.some((value) => value >= MIDDLE && value <= 255 - MIDDLE);
  if (levels.length >= 3 && (highest <= HIGHEST_CLASS || (levels.length === 3 && inMiddle))) {
    throw new RangeError(
      `Cannot tell crack from background: the mask has ${levels.length} values, ${
        listed(levels.map(String))
      }; give one with two, or with a soft edge from 0 to 255.`,
    );
  }
  // The soft edge of a dark colour on black ends at that colour.
  return upper < 128 && upper - lowest >= APART ? Math.ceil((lowest + upper) / 2) : middleOf(levels);
}

/**
 * Refuses what is no drawing: most of a mask is one of two colours, or, where it is soft, far from the middle of its range. A photo is
 * neither, with or without cracks drawn on it.
 */
function requireDrawing(
  rgba: ImageData["data"],
  { values, levels }: { readonly values: Uint8Array; readonly levels: readonly number[] },
): void {
  const lowest = levels[0], range = levels[levels.length - 1] - lowest;
  const between = values.reduce(
    (sum, value) => sum + Number(4 * (value - lowest) > range && 4 * (value - lowest) < 3 * range),
    0,
  );
  const isPhoto = range >= APART && 2 * between > values.length;
  const counts = new Map<number, number>();
  let grey = true;
  for (let at = 0; at < rgba.length; at += 4) {
    const colour = colourAt(rgba, at);
    grey &&= isGrey(colour);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const [first = 0, second = 0] = [...counts.values()].sort((a, b) => b - a);
  if (isPhoto || (!grey && first + second < DRAWN * values.length && counts.size > FEW)) {
    throw new RangeError(
      `Cannot tell crack from background: the mask has ${counts.size} colours, as a photo has or a drawing on one; give one with two.`,
    );
  }
}

/** The colours of a mask, ascending as numbers 0xRRGGBB, if there are few. */
function fewColours(rgba: ImageData["data"]): number[] | undefined {
  const colours = new Set<number>();
  let last = -1;
  for (let at = 0; at < rgba.length; at += 4) {
    const colour = colourAt(rgba, at);
    if (colour === last) continue;
    last = colour;
    colours.add(colour);
    if (colours.size > FEW) return undefined;
  }
  return [...colours].sort((a, b) => a - b);
}

/** The colour at an offset, as 0xRRGGBB. */
function colourAt(rgba: ImageData["data"], at: number): number {
  return (rgba[at] << 16) | (rgba[at + 1] << 8) | rgba[at + 2];
}

function hex(colour: number): string {
  return `#${colour.toString(16).padStart(6, "0")}`;
}

function isGrey(colour: number): boolean {
  return colour >>> 16 === (colour & 255) && (colour >>> 8 & 255) === (colour & 255);
}

/** `0, 1 and 2`; of many the first few. */
function listed(items: readonly string[]): string {
  const shown = items.length > 6 ? [...items.slice(0, 5), `${items.length - 5} more`] : items;
  return `${shown.slice(0, -1).join(", ")} and ${shown[shown.length - 1]}`;
}

const PNG_COLOURS: Readonly<Record<number, string>> = {
  0: "",
  2: "colour ",
  3: "palette ",
  4: "",
  6: "colour ",
};

/** The kind of a mask's file, such as `1-bit PNG`, and whether it keeps values exactly. */
export function describeMaskFile(bytes: Uint8Array): { readonly file: string; readonly lossy: boolean } {
  switch (sniffFormat(bytes).decoder) {
    case "png": {
      // Depth and colour type of the header: ISO/IEC 15948, 11.2.2.
      const [depth, colour] = bytes.subarray(24, 26);
      return { file: `${depth}-bit ${PNG_COLOURS[colour] ?? ""}PNG`, lossy: false };
    }
    case "tiff":
      return { file: "TIFF", lossy: false };
    case "bmp":
      return { file: "BMP", lossy: false };
    case "gif":
      return { file: "GIF", lossy: false };
    case "webp":
      // A lossless image, or one behind a header that does not say, is told by the letters of its first chunk.
      return { file: "WebP", lossy: bytes[15] !== 0x4c };
    default:
      return { file: "JPEG", lossy: true };
  }
}
