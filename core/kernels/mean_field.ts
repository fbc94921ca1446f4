import cornersSource from "../../shaders/colour_lattice_corners.wgsl" with { type: "text" };
import gatherSource from "../../shaders/colour_lattice_gather.wgsl" with { type: "text" };
import spreadSource from "../../shaders/colour_lattice_spread.wgsl" with { type: "text" };
import source from "../../shaders/mean_field.wgsl" with { type: "text" };
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import type { LatticeSums, SpreadValues } from "./colour_lattice.ts";

const kernel = defineKernel("mean_field", source, {
  CORNERS: cornersSource,
  GATHER: gatherSource,
  SPREAD: spreadSource,
});

/** What {@linkcode meanFieldStep} joins. */
export interface MeanFieldStep {
  /** H × W × 2: the log odds of class 0 that the unary term gives, finite; and D^−½ of the kernel of place, D being the sums of its rows. */
  readonly evidence: Plane;
  /** What neighbours by place and colour say, as it lies on a lattice whose filter is normalised, and what it counts. */
  readonly appearance?: { readonly values: SpreadValues; readonly weight: number };
  /** H × W × 1: what neighbours by place say, the sum of the second channel of what an earlier step gave; and what D^−½ of it counts. */
  readonly smoothness?: { readonly sums: Plane; readonly weight: number };
  /** Of the same lattice: what d is spread over, so that the appearance of the next step needs no pass over the pixels of its own. */
  readonly next?: LatticeSums;
}

/**
 * One iteration of mean field of two classes: d = tanh(z / 2) with z = evidence + Σ weight · message, which is Q(0) − Q(1).
 *
 * @returns H × W × 2: d, −1..1, and d D^−½.
 */
export function meanFieldStep({ evidence, appearance, smoothness, next }: MeanFieldStep): Plane {
  const { compute, width, height } = evidence;
  const output = compute.create({ width, height, channels: 2 });
  // Stands for planes that there are not.
  using nothing = compute.create({ width: 4, height: 1, channels: 1 });
  // One that is written may not be another that is read.
  using nowhere = compute.create({ width: 1, height: 1, channels: 1 });
  const none = { plane: nothing, rows: "all" } as const;
  compute.run({
    kernel,
    inputs: [
      appearance ? { plane: appearance.values.values, rows: "all" } : none,
      appearance ? { plane: appearance.values.entries } : next ? { plane: next.entries } : none,
      { plane: evidence },
      smoothness ? { plane: smoothness.sums } : none,
      { plane: next?.sums ?? nowhere, rows: "all" },
    ],
    output,
    params: { weights: [appearance?.weight ?? 0, smoothness?.weight ?? 0], spreads: next ? 1 : 0 },
  });
  return output;
}
