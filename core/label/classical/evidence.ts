import type { Plane } from "../../gpu/compute.ts";
import { maximum } from "../../kernels/maximum.ts";
import { otsuThresholds } from "../../kernels/otsu_thresholds.ts";
import { normalise, scale } from "../../kernels/pointwise.ts";

/** How a threshold on an evidence becomes a confidence: e / (e + t), which is above 0.5 where e > t, and 0 where there is none. */
export function relativeTo(threshold: number, evidence: number): number {
  return evidence > 0 && threshold < Infinity ? evidence / (evidence + threshold) : 0;
}

/**
 * Otsu's threshold of an evidence whose range is not known, below its highest class: of 256 equal steps up to its maximum. Three classes take the texture
 * of a surface for one of its own; where there are two values only, they are two.
 *
 * @param evidence H × W × 1, any unit; what is below 0 counts as 0.
 * @returns in the unit of the evidence; infinite where all of it is alike.
 */
export async function otsuOf(evidence: Plane, classes: 2 | 3): Promise<number> {
  using max = maximum(evidence);
  using share = normalise(evidence, max);
  using levels = scale(share, 255);
  let level = (await otsuThresholds(levels, { classes }))[classes - 2];
  if (level < 0 && classes > 2) [level] = await otsuThresholds(levels);
  const [greatest] = await max.read();
  // Values are rounded to the nearest level, those halfway up to the higher.
  return level < 0 ? Infinity : (level + 0.5) / 255 * greatest;
}

/** The confidences next to a half, of those that a file of 8 bits holds. */
const [SURE_ENOUGH, NOT_SURE] = [128 / 255, 127 / 255];

/** A confidence that is above 0.5 where a mask is 1, and not elsewhere: cut to that, in place. */
export function agreeing(
  confidence: Float32Array<ArrayBuffer>,
  mask: Uint8Array,
): Float32Array<ArrayBuffer> {
  for (let i = 0; i < mask.length; i++) {
    confidence[i] = mask[i] === 1 ? Math.max(confidence[i], SURE_ENOUGH) : Math.min(confidence[i], NOT_SURE);
  }
  return confidence;
}
