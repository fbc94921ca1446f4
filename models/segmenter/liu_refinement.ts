import { guidedFilter } from "../../core/kernels/guided_filter.ts";
import type { Plane } from "../../core/gpu/plane.ts";
import { binarise } from "../../core/kernels/pointwise.ts";

/** Options of {@linkcode refineLiuDeepcrack}. */
export interface RefineLiuDeepcrackOptions {
  /** Fused confidences above this are crack. Defaults to 0.31. */
  readonly threshold?: number;
}

/**
 * The last step of Liu's DeepCrack (Liu et al. 2019, doi:10.1016/j.neucom.2019.01.036): the fused confidences, thresholded, are smoothed along
 * the edges of the first side output, which sees the picture at full size.
 *
 * @param fused H × W × 1, confidences 0..1: the sigmoid of the network's first output.
 * @param side1 H × W × 1, those of its output `side1`.
 * @returns H × W × 1, about 0..1.
 * @throws {RangeError} if the sizes differ or a plane has several channels.
 */
export function refineLiuDeepcrack(
  fused: Plane,
  side1: Plane,
  { threshold = 0.31 }: RefineLiuDeepcrackOptions = {},
): Plane {
  using crack = binarise(fused, { threshold });
  return guidedFilter(side1, crack, { radius: 5, epsilon: 0.065 });
}
