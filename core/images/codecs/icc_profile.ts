/** An ICC profile (ICC.1:2022) that says what the numbers of an image look like, as far as it can be applied. */
export interface IccProfile {
  /** What its maker calls it; empty where it does not say. */
  readonly name: string;
  /** Light of each channel's 8-bit value, 0..1: of three channels, or of grey. `undefined` where the profile is of another kind. */
  readonly curves: readonly Float64Array[] | undefined;
  /** Of a profile with three channels: red, green and blue in XYZ under D50, a column each, row by row. */
  readonly matrix: readonly number[] | undefined;
}

/** Linear sRGB of XYZ under D50, row by row: the inverse of the colorants of IEC 61966-2-1, adapted from D65 as Bradford does. */
const SRGB_OF_XYZ = inverse([
  ...[0.4360747, 0.3850649, 0.1430804],
  ...[0.2225045, 0.7168786, 0.0606169],
  ...[0.0139322, 0.0971045, 0.7141733],
]);

/** Steps of light that are told apart before it is encoded: the steepest, darkest part of the curve climbs a twentieth of a level in one. */
const STEPS = 2 ** 16 - 1;

/** How far a profile may lie from sRGB, in levels of 255, and still be one; one that is called so may lie further away. */
const SAME = 1, SAME_BY_NAME = 4;

/** What became of a profile. */
export type AppliedProfile = "as sRGB" | "applied" | "not applied";

/**
 * Turns RGBA of a profile's colours into sRGB's, in place: light of each channel by its curve, XYZ of that by a matrix, and the reverse into sRGB;
 * colours beyond sRGB are cut off at its rim. Alpha stays. What is sRGB already stays to the last bit.
 */
export function applyProfile(rgba: Uint8ClampedArray, profile: IccProfile): AppliedProfile {
  const convert = converter(profile);
  if (convert === undefined) return "not applied";
  if (distanceFromSrgb(convert) <= (/srgb/i.test(profile.name) ? SAME_BY_NAME : SAME)) return "as sRGB";
  convert(rgba);
  return "applied";
}

function converter({ curves, matrix }: IccProfile): ((rgba: Uint8ClampedArray) => void) | undefined {
  if (curves === undefined) return undefined;
  const encode = encodingTable();
  const level = (light: number) => encode[Math.min(STEPS, Math.max(0, Math.round(STEPS * light)))];
  if (matrix === undefined) {
    const grey = Uint8Array.from(curves[0], level);
    return (rgba) => {
      for (let i = 0; i < rgba.length; i++) if (i % 4 < 3) rgba[i] = grey[rgba[i]];
    };
  }
  const [rr, rg, rb, gr, gg, gb, br, bg, bb] = product(SRGB_OF_XYZ, matrix);
  const [red, green, blue] = curves;
  return (rgba) => {
    for (let i = 0; i < rgba.length; i += 4) {
      const r = red[rgba[i]], g = green[rgba[i + 1]], b = blue[rgba[i + 2]];
      rgba[i] = level(rr * r + rg * g + rb * b);
      rgba[i + 1] = level(gr * r + gg * g + gb * b);
      rgba[i + 2] = level(br * r + bg * g + bb * b);
    }
  };
}

/** The most that a conversion moves a channel, over a grid of colours. */
function distanceFromSrgb(convert: (rgba: Uint8ClampedArray) => void): number {
  const levels = Array.from({ length: 16 }, (_, i) => 17 * i);
  const colours = Uint8ClampedArray.from(
    levels.flatMap((r) => levels.flatMap((g) => levels.flatMap((b) => [r, g, b, 255]))),
  );
  const converted = colours.slice();
  convert(converted);
  return colours.reduce((most, value, i) => Math.max(most, Math.abs(value - converted[i])), 0);
}

let encoding: Uint8Array | undefined;

/** The 8-bit sRGB value of each step of light (IEC 61966-2-1). */
function encodingTable(): Uint8Array {
  return encoding ??= Uint8Array.from({ length: STEPS + 1 }, (_, step) => {
    const light = step / STEPS;
    return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
  });
}

/**
 * Reads a profile.
 *
 * @returns `undefined` where it is damaged.
 */
export function readIccProfile(bytes: Uint8Array): IccProfile | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const letters = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 132 || letters(36) !== "acsp") return undefined;
  const tags = new Map<string, DataView>();
  const count = view.getUint32(128);
  for (let i = 0, at = 132; i < count && at + 12 <= bytes.length; i++, at += 12) {
    const from = view.getUint32(at + 4), size = view.getUint32(at + 8);
    if (from + size > bytes.length) return undefined;
    if (!tags.has(letters(at))) {
      tags.set(letters(at), new DataView(bytes.buffer, bytes.byteOffset + from, size));
    }
  }
  const name = nameOf(tags.get("desc"));
  const none = { name, curves: undefined, matrix: undefined };
  const [space, connection] = [letters(16), letters(20)];
  if (connection !== "XYZ ") return none;
  const channels = space === "GRAY" ? ["kTRC"] : space === "RGB " ? ["rTRC", "gTRC", "bTRC"] : [];
  const curves = channels.map((tag) => curveOf(tags.get(tag))).filter((curve) => curve !== undefined);
  if (curves.length === 0 || curves.length < channels.length) return none;
  if (space === "GRAY") return { ...none, curves };
  const columns = ["rXYZ", "gXYZ", "bXYZ"].map((tag) => tags.get(tag));
  if (columns.some((column) => column === undefined || column.byteLength < 20)) return none;
  const matrix = [0, 1, 2].flatMap((row) => columns.map((column) => fixed(column!, 8 + 4 * row)));
  return { ...none, curves, matrix };
}

/** A signed number with 16 bits behind the point. */
function fixed(view: DataView, at: number): number {
  return view.getInt32(at) / 2 ** 16;
}

/** Parameters of each kind of parametric curve (ICC.1:2022, 10.18), by its number. */
const PARAMETERS = [1, 3, 4, 5, 7] as const;

/** The values of a curve at 0, 1/255 … 1, within 0..1. */
function curveOf(tag: DataView | undefined): Float64Array | undefined {
  if (tag === undefined || tag.byteLength < 12) return undefined;
  const type = tag.getUint32(0);
  const curve = type === 0x63757276 /* curv */
    ? sampled(tag)
    : type === 0x70617261 /* para */
    ? parametric(tag)
    : undefined;
  return curve &&
    Float64Array.from({ length: 256 }, (_, value) => Math.min(1, Math.max(0, curve(value / 255))));
}

function sampled(tag: DataView): ((x: number) => number) | undefined {
  const count = tag.getUint32(8);
  if (12 + 2 * count > tag.byteLength) return undefined;
  if (count === 0) return (x) => x;
  const entry = (i: number) => tag.getUint16(12 + 2 * i);
  if (count === 1) return (x) => x ** (entry(0) / 256);
  return (x) => {
    const place = x * (count - 1), left = Math.min(count - 2, Math.floor(place));
    return (entry(left) + (place - left) * (entry(left + 1) - entry(left))) / 65535;
  };
}

function parametric(tag: DataView): ((x: number) => number) | undefined {
  const kind = tag.getUint16(8);
  const count = PARAMETERS[kind];
  if (count === undefined || 12 + 4 * count > tag.byteLength) return undefined;
  const [g, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from(
    { length: count },
    (_, i) => fixed(tag, 12 + 4 * i),
  );
  const power = (x: number) => Math.max(0, a * x + b) ** g;
  switch (kind) {
    case 0:
      return power;
    case 1:
    case 2:
      return (x) => x >= -b / a ? power(x) + c : c;
    default:
      return (x) => x >= d ? power(x) + e : c * x + f;
  }
}

/** The letters of a description, old or new (ICC.1:2001, 6.5.17; ICC.1:2022, 10.15): of several languages the first. */
function nameOf(tag: DataView | undefined): string {
  if (tag === undefined || tag.byteLength < 28) return "";
  const isNew = tag.getUint32(0) === 0x6d6c7563; // mluc
  const [from, length] = isNew ? [tag.getUint32(24), tag.getUint32(20)] : [12, tag.getUint32(8)];
  const bytes = new Uint8Array(tag.buffer, tag.byteOffset, tag.byteLength).subarray(
    from,
    from + Math.min(length, 128),
  );
  const text = new TextDecoder(isNew ? "utf-16be" : "latin1").decode(bytes);
  return text.replaceAll(/\p{Cc}/gu, "").trim();
}

/** The product of two 3 × 3 matrices, row by row. */
function product(a: readonly number[], b: readonly number[]): number[] {
  return a.map((_, i) =>
    [0, 1, 2].reduce((sum, k) => sum + a[3 * Math.floor(i / 3) + k] * b[3 * k + i % 3], 0)
  );
}

/** The inverse of a 3 × 3 matrix, row by row, by its cofactors. */
function inverse(m: readonly number[]): number[] {
  const at = (row: number, column: number) => m[3 * (row % 3) + column % 3];
  const cofactor = (row: number, column: number) =>
    at(row + 1, column + 1) * at(row + 2, column + 2) - at(row + 1, column + 2) * at(row + 2, column + 1);
  const determinant = [0, 1, 2].reduce((sum, column) => sum + at(0, column) * cofactor(0, column), 0);
  return m.map((_, i) => cofactor(i % 3, Math.floor(i / 3)) / determinant);
}
