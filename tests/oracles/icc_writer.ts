/** What {@linkcode writeIccProfile} writes. */
export interface IccContent {
  /** `RGB `, `GRAY` or `CMYK`. */
  readonly space: string;
  readonly name: string;
  /** Red, green and blue in XYZ under D50. */
  readonly colorants?: readonly (readonly [x: number, y: number, z: number])[];
  /** One for all channels: what follows the eight bytes that begin it. */
  readonly curve?: { readonly type: "curv" | "para"; readonly content: readonly number[] };
}

const ascii = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
const big = (value: number) => [value >>> 24, value >> 16 & 255, value >> 8 & 255, value & 255];

/** A signed number with 16 bits behind the point. */
export function fixed(value: number): number[] {
  return big(Math.round(value * 65536));
}

/** The curve of a gamma, as the oldest profiles have it. */
export function gamma(value: number): NonNullable<IccContent["curve"]> {
  const eighths = Math.round(256 * value);
  return { type: "curv", content: [...big(1), eighths >> 8, eighths & 255] };
}

/** A curve of entries from 0 to 65535. */
export function table(entries: readonly number[]): NonNullable<IccContent["curve"]> {
  return {
    type: "curv",
    content: [...big(entries.length), ...entries.flatMap((value) => [value >> 8, value & 255])],
  };
}

/** A parametric curve by its kind. */
export function parametric(kind: number, parameters: readonly number[]): NonNullable<IccContent["curve"]> {
  return { type: "para", content: [0, kind, 0, 0, ...parameters.flatMap(fixed)] };
}

/** The curve of sRGB and Display P3. */
export const SRGB_CURVE = parametric(3, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]);

/** Writes an ICC profile (ICC.1:2022) of three curves and a matrix, or of grey, or of neither. */
export function writeIccProfile({ space, name, colorants = [], curve }: IccContent): Uint8Array<ArrayBuffer> {
  const letters = space === "GRAY" ? ["k"] : ["r", "g", "b"];
  const tags: [string, number[]][] = [["desc", [
    ...ascii("desc"),
    0,
    0,
    0,
    0,
    ...big(name.length + 1),
    ...ascii(name),
    ...Array<number>(80).fill(0),
  ]]];
  for (const [i, xyz] of colorants.entries()) {
    tags.push([`${letters[i]}XYZ`, [...ascii("XYZ "), 0, 0, 0, 0, ...xyz.flatMap(fixed)]]);
  }
  if (curve !== undefined) {
    for (const letter of letters) {
      tags.push([`${letter}TRC`, [...ascii(curve.type), 0, 0, 0, 0, ...curve.content]]);
    }
  }
  const contents: number[] = [];
  const directory = [...big(tags.length)];
  for (const [tag, content] of tags) {
    directory.push(...ascii(tag), ...big(132 + 12 * tags.length + contents.length), ...big(content.length));
    contents.push(...content, ...Array<number>(-content.length & 3).fill(0));
  }
  const profile = new Uint8Array(128 + directory.length + contents.length);
  profile.set(big(profile.length));
  profile.set(ascii(`mntr${space}XYZ `), 12);
  profile.set(ascii("acsp"), 36);
  profile.set([...directory, ...contents], 128);
  return profile;
}
