import { fullName, readMasked, type Sample, type TruthMask } from "../../core/datasets/sample.ts";
import type { Compute } from "../../core/gpu/compute.ts";
import { camUnary } from "../../core/label/cam_crf/cam_crf_label.ts";
import type { DenseCrfOptions } from "../../core/label/cam_crf/dense_crf.ts";
import { type FieldKernels, fieldOf, openField } from "../../core/label/cam_crf/random_field.ts";
import { gradCam } from "../../core/label/class_activation.ts";
import type { Classifier } from "../../core/label/classifier.ts";
import { qualityOf } from "../../core/metrics/swept_image.ts";
import { UsageError } from "../cli/errors.ts";

/** The parameters of a random field that a search may vary, by the names of their options, and how each is set. */
const AXES = {
  "appearance-weight": (field, weight) => ({ ...field, appearance: { ...field.appearance, weight } }),
  "appearance-sigma-space": (field, sigmaSpace) => ({
    ...field,
    appearance: { ...field.appearance, sigmaSpace },
  }),
  "appearance-sigma-colour": (field, sigmaColour) => ({
    ...field,
    appearance: { ...field.appearance, sigmaColour },
  }),
  "smoothness-weight": (field, weight) => ({ ...field, smoothness: { ...field.smoothness, weight } }),
  "smoothness-sigma-space": (field, sigmaSpace) => ({
    ...field,
    smoothness: { ...field.smoothness, sigmaSpace },
  }),
} satisfies Readonly<Record<string, (field: DenseCrfOptions, value: number) => DenseCrfOptions>>;

/** The name of a parameter that may vary. */
export type AxisName = keyof typeof AXES;

/** All of them. */
export const AXIS_NAMES = Object.keys(AXES) as AxisName[];

/** A parameter, and the values that are tried. */
export interface Axis {
  readonly name: AxisName;
  readonly values: readonly number[];
}

/** What is tried: each value of one parameter with each of another, the rest as in `field`. */
export interface SurfaceGrid {
  readonly x: Axis;
  readonly y: Axis;
  readonly field: DenseCrfOptions;
}

/**
 * The parameters of each point of a grid: row by row, y after y.
 *
 * @throws {UsageError} where two axes are one, or the grid is one point.
 */
export function gridPoints({ x, y, field }: SurfaceGrid): DenseCrfOptions[] {
  if (x.name === y.name) {
    throw new UsageError(`Cannot search over ${x.name} twice; give --x and --y different parameters.`);
  }
  if (x.values.length * y.values.length === 1) {
    throw new UsageError(
      `Cannot search a grid of one point, ${x.name} ${x.values[0]} and ${y.name} ${
        y.values[0]
      }; give --x or --y several values.`,
    );
  }
  return y.values.flatMap((ofY) => x.values.map((ofX) => AXES[x.name](AXES[y.name](field, ofY), ofX)));
}

/** F1 of a photo's labels, by the points of the grid. */
export interface PhotoSurface {
  readonly name: string;
  readonly f1: readonly number[];
}

/** The labels of a photo with the parameters of each point, compared with its mask. */
export async function photoSurface(
  sample: Sample,
  points: readonly DenseCrfOptions[],
  { compute, classifier }: { readonly compute: Compute; readonly classifier: Classifier },
): Promise<PhotoSurface> {
  const { image, mask } = await readMasked(sample);
  const unary = camUnary(await gradCam(compute, image, { classifier }));
  const f1 = new Array<number>(points.length).fill(0);
  // Making kernels takes as long as solving with them: those that are alike are made once.
  const byKernels = Map.groupBy(points.keys(), (i) => JSON.stringify(fieldOf(points[i]).kernels));
  for (const [kernels, ofKernels] of byKernels) {
    using field = await openField(compute, image, JSON.parse(kernels) as FieldKernels);
    for (const i of ofKernels) {
      f1[i] = f1Of(await field.solve(unary, fieldOf(points[i]).weights), mask);
    }
  }
  return { name: fullName(sample), f1 };
}

function f1Of(probability: Float32Array, { data: truth, weight }: TruthMask): number {
  let predicted = 0, overlap = 0, crack = 0;
  for (let i = 0; i < probability.length; i++) {
    if (weight?.[i] === 0) continue;
    const called = probability[i] > 0.5, isCrack = truth[i] > 0;
    predicted += Number(called);
    crack += Number(isCrack);
    overlap += Number(called && isCrack);
  }
  const background = probability.length - crack;
  return qualityOf({ predicted, overlap, correct: overlap, found: overlap, crack, background }).f1;
}

/** The mean of F1 over photos at each point. */
export function meanSurface(photos: readonly PhotoSurface[]): number[] {
  return photos[0].f1.map((_, i) => photos.reduce((sum, { f1 }) => sum + f1[i], 0) / photos.length);
}
