import {
  argumentsSchema,
  checkArguments,
  instanceOf,
  oneOf,
  optional,
  optionsSchema,
  passing,
} from "../arguments.ts";
import { boundsOf, connectedPixels } from "../predict/connected_pixels.ts";
import { crackPixels } from "../sampling/decoded_photo.ts";
import type { Region } from "./bitmap.ts";

/** A crack of a photo. */
export interface CrackInstance extends Region {
  /** Its pixels. */
  readonly area: number;
  /** How surely it is crack, 0..1: the mean over its pixels, where that is known. */
  readonly score?: number;
}

/** A photo and its cracks, as annotations tell of them. */
export interface AnnotatedPhoto {
  /** What its annotations are called, `/` between folders, without an extension: unique among all photos. */
  readonly name: string;
  /** Its file: as `name`, with an extension. */
  readonly file: string;
  /** Where its file lies, seen from the folder of annotations. Default: as the format has it. */
  readonly path?: string;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** What is annotated in it. */
  readonly cracks: readonly CrackInstance[];
}

/** What {@linkcode crackInstances} tells apart: each group of connected pixels, or nothing. */
export type Instances = "crack" | "photo";

/** Options of {@linkcode crackInstances}. */
export interface CrackInstancesOptions {
  /**
   * `crack`: each group of pixels that touch by a side or a corner is one; `photo`: all crack of a photo is one.
   *
   * @default {"crack"}
   */
  readonly instances?: Instances;
  /** How surely each pixel is crack, 0..255, H × W: then each instance has a score. */
  readonly confidence?: Uint8Array;
}

const ARGUMENTS = argumentsSchema({
  mask: passing<object>(
    "a mask of width, height and data",
    (value) => typeof value === "object" && value !== null,
  ),
  options: optionsSchema<CrackInstancesOptions>({
    instances: optional(oneOf("crack", "photo")),
    confidence: optional(instanceOf(Uint8Array)),
  }),
});

/**
 * The cracks of a mask, from top to bottom, each in the least box around it.
 *
 * @example
 * ```ts
 * import { crackInstances } from "../../mod.ts";
 *
 * const cracks = crackInstances({ width: 3, height: 2, data: Uint8Array.of(1, 0, 1, 0, 0, 1) });
 * console.log(cracks.map(({ x, y, area }) => [x, y, area])); // [[0, 0, 1], [2, 0, 2]]
 * ```
 *
 * @param mask `width` × `height` values, row-major: 1 crack, 0 background.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the mask or the confidence has not `width` × `height` values.
 */
export function crackInstances(
  mask: { readonly width: number; readonly height: number; readonly data: Uint8Array },
  options: CrackInstancesOptions = {},
): CrackInstance[] {
  checkArguments("find the cracks", ARGUMENTS, { mask, options });
  const { width, height, data } = mask;
  const { instances = "crack", confidence } = options;
  for (const [name, values] of [["data", data], ["confidence", confidence ?? data]] as const) {
    if (values?.length !== width * height) {
      throw new RangeError(
        `Cannot find the cracks: ${name} has ${values?.length} values where ${width} × ${height} are wanted.`,
      );
    }
  }
  const groups = instances === "crack" ? connectedPixels(data, mask) : [crackPixels(data)];
  const found: CrackInstance[] = [];
  for (const pixels of groups) {
    if (pixels.length > 0) found.push(instanceOfPixels(pixels, width, confidence));
  }
  return found;
}

function instanceOfPixels(
  pixels: Uint32Array,
  columns: number,
  confidence: Uint8Array | undefined,
): CrackInstance {
  const { left, top, width, height } = boundsOf(pixels, columns);
  const sum = confidence === undefined ? 0 : pixels.reduce((sum, pixel) => sum + confidence[pixel], 0);
  const data = new Uint8Array(width * height);
  for (const pixel of pixels) {
    data[(Math.floor(pixel / columns) - top) * width + pixel % columns - left] = 1;
  }
  const area = pixels.length;
  const score = confidence === undefined ? {} : { score: sum / area / 255 };
  return { x: left, y: top, width, height, data, area, ...score };
}
