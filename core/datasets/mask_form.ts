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
  /** By the values that occur: of two the greater, of many those of 128 and more; anything else is refused. */
  | "recognise"
  /** As `recognise`, and then the others. */
  | "recognise inverted";

/** What {@linkcode splitMask} finds. */
export interface MaskSplit {
  /** One value a pixel, 1 for crack. */
  readonly data: Uint8Array;
  readonly values: string;
  readonly crack: string;
}

/** Two values nearer than this are one with noise, unless the lower one is 0. */
const APART = 64;
/** Numbers of classes; soft masks reach higher. */
const HIGHEST_CLASS = 31;
/** Values from here to 255 − here are neither crack nor background. */
const MIDDLE = 64;
/** Colours that a painter or a palette of classes uses; a photo of a mask has more. */
const FEW = 16;

/**
 * Says of each pixel of a mask whether it is crack.
 *
 * The brightest of red, green and blue counts, so that a palette may draw cracks in any bright colour.
 *
 * @param image RGBA.
 * @param options `rule`; `lossy`: values near each other may be the same one, as in a JPEG.
 * @throws {RangeError} When `rule` is to recognise them, and the mask has three values or colours, or is one of class numbers.
 */
export function splitMask(
  { data }: Pick<ImageData, "data">,
  { rule, lossy = false }: { readonly rule: MaskRule; readonly lossy?: boolean },
): MaskSplit {
  const brightest = brightestOf(data);
  const counts = new Uint32Array(256);
  for (const value of brightest) counts[value]++;
  const levels = Array.from(counts.keys()).filter((value) => counts[value] > 0);
  const least = rule === "bright" || rule === "dark" || lossy ? middleOf(levels) : recognise(levels, data);
  const inverted = rule === "dark" || rule === "recognise inverted";
  const above = inverted ? 0 : 1;
  return {
    data: brightest.map((value) => value >= least ? above : 1 - above),
    values: levels.length === 1 ? "one value" : levels.length === 2 ? levels.join("/") : "soft",
    crack: `${inverted ? "<" : "≥"} ${least}`,
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

/** Where the middle of a mask's scale lies: at 1 of 0/1, at 128 of 0..255. */
function middleOf(levels: readonly number[]): number {
  return levels[levels.length - 1] <= 1 ? 1 : 128;
}

/** The least value that is crack. */
function recognise(levels: readonly number[], rgba: ImageData["data"]): number {
  const highest = levels[levels.length - 1];
  const colours = fewColours(rgba);
  if (colours !== undefined && colours.length > 2 && colours.some((colour) => !isGrey(colour))) {
    throw new RangeError(
      `Cannot tell crack from background: the mask has ${colours.length} colours, ${
        listed(colours.map((colour) => `#${colour.toString(16).padStart(6, "0")}`))
      }; give one with two.`,
    );
  }
  if (levels.length === 2 && (levels[0] === 0 || highest - levels[0] >= APART)) return highest;
  const inMiddle = levels.some((value) => value >= MIDDLE && value <= 255 - MIDDLE);
  if (levels.length >= 3 && (highest <= HIGHEST_CLASS || (levels.length === 3 && inMiddle))) {
    throw new RangeError(
      `Cannot tell crack from background: the mask has ${levels.length} values, ${
        listed(levels.map(String))
      }; give one with two, or with a soft edge from 0 to 255.`,
    );
  }
  return middleOf(levels);
}

/** The colours of a mask, ascending as numbers 0xRRGGBB, if there are few. */
function fewColours(rgba: ImageData["data"]): number[] | undefined {
  const colours = new Set<number>();
  let last = -1;
  for (let at = 0; at < rgba.length; at += 4) {
    const colour = (rgba[at] << 16) | (rgba[at + 1] << 8) | rgba[at + 2];
    if (colour === last) continue;
    last = colour;
    colours.add(colour);
    if (colours.size > FEW) return undefined;
  }
  return [...colours].sort((a, b) => a - b);
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
