import { argumentsSchema, checkArguments, passing } from "../arguments.ts";
import { type Bitmap, describeSize } from "./bitmap.ts";
import { columnRuns, eachCrackRun, sumOf } from "./runs.ts";

const BITMAP = passing<Bitmap>(
  "a mask of width, height and data",
  (value) =>
    typeof value === "object" && value !== null && "data" in value && value.data instanceof Uint8Array,
);

const RLE = passing<CocoRle>(
  "a mask of COCO's, an object of size and counts,",
  (value) => typeof value === "object" && value !== null && "size" in value && "counts" in value,
);

/** A mask as COCO writes it: run lengths down the columns, the first of background, as text or as numbers. */
export interface CocoRle {
  /** Rows and columns. */
  readonly size: readonly [height: number, width: number];
  /** How long each run is. */
  readonly counts: string | readonly number[];
}

/**
 * Writes a mask as a run-length encoding of COCO, the same text as pycocotools' `encode` (`maskApi.c`): runs go down the columns, the first
 * is of background.
 *
 * @example
 * ```ts
 * import { encodeCocoRle } from "../../mod.ts";
 *
 * console.log(encodeCocoRle({ width: 1, height: 8, data: Uint8Array.of(1, 1, 1, 1, 1, 1, 0, 1) }).counts); // 061K
 * ```
 *
 * @param mask `width` × `height` values, row-major: 0 background, anything else crack.
 * @throws {TypeError} if the argument is missing or of the wrong type.
 * @throws {RangeError} if the mask has not `width` × `height` values.
 */
export function encodeCocoRle(
  mask: { readonly width: number; readonly height: number; readonly data: Uint8Array },
): { size: [height: number, width: number]; counts: string } {
  checkArguments("encode the mask", argumentsSchema({ mask: BITMAP }), { mask });
  const { width, height, data } = mask;
  if (data.length !== width * height) {
    throw new RangeError(
      `Cannot encode the mask: data has ${data.length} values where ${describeSize(mask)} are wanted.`,
    );
  }
  return { size: [height, width], counts: packRuns(columnRuns({ x: 0, y: 0, ...mask }, mask)) };
}

/**
 * Reads a run-length encoding of COCO.
 *
 * @example
 * ```ts
 * import { decodeCocoRle } from "../../mod.ts";
 *
 * console.log(decodeCocoRle({ size: [2, 2], counts: [1, 3] }).data); // [0, 1, 1, 1]
 * ```
 *
 * @param rle `counts` as text or as numbers, `size` in rows and columns.
 * @returns `width` × `height` values, row-major: 1 crack, 0 background.
 * @throws {TypeError} if the argument is missing or of the wrong type.
 * @throws {SyntaxError} if the runs do not fill the mask, or the text is none of COCO's.
 */
export function decodeCocoRle(rle: CocoRle): { width: number; height: number; data: Uint8Array } {
  checkArguments("decode the mask", argumentsSchema({ rle: RLE }), { rle });
  const [height, width] = rle.size;
  const runs = typeof rle.counts === "string" ? unpackRuns(rle.counts) : rle.counts;
  const total = sumOf(runs);
  if (total !== width * height || runs.some((run) => !(run >= 0 && Number.isInteger(run)))) {
    throw new SyntaxError(
      `Cannot decode the mask: its runs cover ${total} pixels where ${
        describeSize({ width, height })
      } are wanted.`,
    );
  }
  const data = new Uint8Array(width * height);
  eachCrackRun(runs, (first, end) => {
    for (let pixel = first; pixel < end; pixel++) {
      data[pixel % height * width + Math.floor(pixel / height)] = 1;
    }
  });
  return { width, height, data };
}

/**
 * Numbers as COCO's text: from the fourth on the difference to the one two before, each in groups of five bits, the lowest first, 32 for
 * "more follows", 48 added to make a letter (`rleToString` of `maskApi.c`).
 */
export function packRuns(runs: readonly number[]): string {
  const letters: number[] = [];
  for (let i = 0; i < runs.length; i++) {
    let rest = i > 2 ? runs[i] - runs[i - 2] : runs[i];
    for (let more = true; more;) {
      const bits = rest & 31;
      rest >>= 5;
      // The fifth bit is the sign of what follows.
      more = (bits & 16) !== 0 ? rest !== -1 : rest !== 0;
      letters.push(48 + (more ? bits | 32 : bits));
    }
  }
  let text = "";
  for (let i = 0; i < letters.length; i += 4096) text += String.fromCharCode(...letters.slice(i, i + 4096));
  return text;
}

/** The numbers that a text of {@linkcode packRuns} holds. */
function unpackRuns(text: string): number[] {
  const runs: number[] = [];
  for (let at = 0; at < text.length;) {
    let value = 0;
    for (let shift = 0, more = true; more; shift += 5) {
      const bits = text.charCodeAt(at++) - 48;
      if (!(bits >= 0 && bits < 64) || shift > 30) {
        throw new SyntaxError(
          `Cannot decode the mask: its text is none of COCO's run lengths at letter ${at} of ${text.length}.`,
        );
      }
      value |= (bits & 31) << shift;
      more = (bits & 32) !== 0;
      if (!more && (bits & 16) !== 0) value |= -1 << (shift + 5);
    }
    runs.push(runs.length > 2 ? value + runs[runs.length - 2] : value);
  }
  return runs;
}
