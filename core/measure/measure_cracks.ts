import {
  argumentsSchema,
  BOOLEAN,
  checkArguments,
  IMAGE,
  NUMBER,
  optional,
  optionsSchema,
  passing,
} from "../arguments.ts";
import type { Compute } from "../gpu/compute.ts";
import { COMPUTE } from "../gpu/schemas.ts";
import { uploadImage } from "../images/upload_image.ts";
import { distanceTransform } from "../kernels/distance_transform.ts";
import { grayscale } from "../kernels/grayscale.ts";
import { componentLabels } from "./component_labels.ts";
import { maskSkeleton } from "./mask_skeleton.ts";
import { crackOf, piecesOf } from "./crack_figures.ts";
import { measureLine } from "./crack_lines.ts";
import type { CrackMeasurement, MeasuredCrack } from "./crack_measurement.ts";
import { orientationMap, orientationsOf } from "./orientations.ts";
import type { GreyImage } from "./photo_width.ts";
import { SampledMask } from "./sampled_mask.ts";
import { skeletonGraph } from "./skeleton_graph.ts";

/** A mask to measure. */
export interface CrackMask {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Row-major, crack where it is not 0. */
  readonly data: Uint8Array | Uint8ClampedArray | Float32Array;
}

/** Options of {@linkcode measureCracks}. */
export interface MeasureCracksOptions {
  /** The photo of the mask, of the same size: widths are then taken from it, finer than a pixel. */
  photo?: ImageData;
  /** Millimetres that a pixel shows, above 0. Without, all lengths are in pixels only. */
  mmPerPixel?: number;
  /** Whether to leave out spurs of the skeleton, shorter than the mask is wide where they begin. Defaults to true. */
  prune?: boolean;
}

const ARGUMENTS = argumentsSchema({
  compute: COMPUTE,
  mask: passing<CrackMask>(
    "a mask such as { width, height, data }",
    (value) =>
      typeof value === "object" && value !== null && "width" in value && "height" in value &&
      "data" in value &&
      ArrayBuffer.isView(value.data),
  ),
  options: optionsSchema<MeasureCracksOptions>({
    photo: optional(IMAGE),
    mmPerPixel: optional(NUMBER),
    prune: optional(BOOLEAN),
  }),
});

/**
 * Measures the cracks of a mask: how long, how wide, which way, and where each is widest.
 *
 * The mask is thinned and its skeleton taken apart into branches between ends and junctions. A smoothed line through each is
 * the centre line; its length counts, not the steps of pixels. At right angles to it the width is measured at every point: from edge to
 * edge of the mask, which is right to about a pixel, and, where the photo is given, between the places of half the crack's depth in it. What lies within the
 * circle that fits into a junction counts for lengths only, not for widths.
 *
 * A crack thinner than the photo's blur (about two pixels) shows no floor. How dark it is in truth is taken from wider places of the same photo; where
 * there is none, it seems as wide as the blur; and in a mask alone no crack is narrower than a pixel. Both times `widthIsUpperBound` says so. One scale for a whole photo is wrong where the camera was held at a slant: at 50° by a fifth.
 *
 * @example
 * ```ts
 * import { measureCracks, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * const [width, height] = [200, 60];
 * const data = Uint8Array.from({ length: width * height }, (_, i) => Number(Math.abs(Math.floor(i / width) - 30) < 3));
 * const { cracks: [crack] } = await measureCracks(compute, { width, height, data }, { mmPerPixel: 0.1 });
 * console.log(crack.mm!.length.toFixed(1), crack.mm!.width.median.toFixed(2)); // 20.0 0.50
 * ```
 *
 * @param mask H × W, crack where it is not 0.
 * @throws {TypeError} if an argument is none of the wanted.
 * @throws {RangeError} if mask and photo differ in size, the mask has another number of values, or the scale is not above 0.
 */
export async function measureCracks(
  compute: Compute,
  mask: CrackMask,
  options: MeasureCracksOptions = {},
): Promise<CrackMeasurement> {
  checkArguments("measure cracks", ARGUMENTS, { compute, mask, options });
  const { photo, mmPerPixel, prune = true } = options;
  requireFitting(mask, photo, mmPerPixel);
  const { width, height } = mask;
  const maps = await mapsOf(compute, mask, photo);
  const sampled = new SampledMask(width, height, mask.data, maps.distances);
  const graph = skeletonGraph({ width, height, ...maps }, { prune });
  const lines = graph.branches.map((branch) =>
    measureLine(branch, graph.degree, { labels: maps.labels, mask: sampled, photo: maps.grey })
  );
  const pieces = piecesOf(mask, maps.labels);
  for (const line of lines) pieces[line.piece - 1].lines.push(line);
  const allProfiles = lines.flatMap(({ profiles }) => profiles.filter((profile) => profile !== undefined));
  const cracks = pieces.map((piece) => crackOf(piece, allProfiles, mmPerPixel))
    .sort((a, b) => b.length - a.length);
  return summaryOf(mask, cracks, mmPerPixel);
}

/** What is made of a mask and its photo. */
interface Maps {
  readonly skeleton: Uint8Array;
  readonly distances: Float32Array;
  readonly labels: Uint32Array;
  readonly grey: GreyImage | undefined;
}

function requireFitting(
  { width, height, data }: CrackMask,
  photo: ImageData | undefined,
  mmPerPixel: number | undefined,
): void {
  if (data.length !== width * height) {
    throw new RangeError(
      `Cannot measure a mask of ${width} × ${height}: its data has ${data.length} values, ${
        width * height
      } are wanted.`,
    );
  }
  if (photo !== undefined && (photo.width !== width || photo.height !== height)) {
    throw new RangeError(
      `Cannot measure a mask of ${width} × ${height} in a photo of ${photo.width} × ${photo.height}: the same size is wanted.`,
    );
  }
  if (mmPerPixel !== undefined && !(mmPerPixel > 0 && mmPerPixel < Infinity)) {
    throw new RangeError(
      `Cannot measure in millimetres: a pixel shows ${mmPerPixel} of them, a number above 0 is wanted.`,
    );
  }
}

async function mapsOf(compute: Compute, mask: CrackMask, photo: ImageData | undefined): Promise<Maps> {
  const { width, height } = mask;
  using plane = compute.upload({ width, height, channels: 1, data: mask.data });
  using distancePlane = distanceTransform(plane);
  const reading = distancePlane.read();
  // The mask is here, and so are its skeleton and its numbers wanted; the device works meanwhile.
  const skeleton = maskSkeleton(mask.data, mask);
  const labels = componentLabels(mask);
  const distances = await reading;
  let grey: GreyImage | undefined;
  if (photo !== undefined) {
    using rgb = uploadImage(compute, photo);
    using greyPlane = grayscale(rgb);
    grey = { width, height, data: await greyPlane.read() };
  }
  return { distances, labels, skeleton, grey };
}

function summaryOf(
  { width, height }: CrackMask,
  cracks: readonly MeasuredCrack[],
  mmPerPixel: number | undefined,
): CrackMeasurement {
  const length = cracks.reduce((sum, crack) => sum + crack.length, 0);
  const area = cracks.reduce((sum, crack) => sum + crack.area, 0);
  const density = length / (width * height);
  return {
    width,
    height,
    ...(mmPerPixel === undefined ? {} : { mmPerPixel, densityPerMetre: density * 1000 / mmPerPixel }),
    cracks,
    length,
    area,
    share: area / (width * height),
    density,
    orientations: orientationsOf(cracks),
    orientationMap: orientationMap(cracks, { width, height }),
  };
}
