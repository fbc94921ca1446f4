/* What several kernels do with the lanes of a vector. */

/** a · b + c of each lane, rounded once where the processor can (relaxed SIMD). */
// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_madd(a, b, c);
}

/** The third and the fourth lane as float64. */
// @ts-ignore: decorator
@inline
export function highLanes(v: v128): v128 {
  return f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 1));
}

/** Stores four float64, two and two, as float32. */
// @ts-ignore: decorator
@inline
export function storeDoubles(to: usize, low: v128, high: v128): void {
  v128.store64_lane(to, f32x4.demote_f64x2_zero(low), 0);
  v128.store64_lane(to, f32x4.demote_f64x2_zero(high), 0, 8);
}
