import source from "../../shaders/mean_field.wgsl" with { type: "text" };
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";

const kernel = defineKernel("mean_field", source);

/** What {@linkcode meanFieldStep} joins. */
export interface MeanFieldStep {
  /** H × W × 1: the log odds of class 0 that the unary term gives, finite. */
  readonly evidence: Plane;
  /** H × W × 1 each: what neighbours by a kernel say. */
  readonly messages: readonly [appearance: Plane, smoothness: Plane];
  /** What each counts. */
  readonly weights: readonly [appearance: number, smoothness: number];
}

/**
 * One iteration of mean field of two classes: tanh(z / 2) with z = evidence + Σ weight · message, which is Q(0) − Q(1).
 *
 * @returns H × W × 1, −1..1.
 */
export function meanFieldStep({ evidence, messages, weights }: MeanFieldStep): Plane {
  const { compute, width, height } = evidence;
  const output = compute.create({ width, height, channels: 1 });
  compute.run({
    kernel,
    inputs: [{ plane: evidence }, ...messages.map((plane) => ({ plane }))],
    output,
    params: { weights },
  });
  return output;
}
