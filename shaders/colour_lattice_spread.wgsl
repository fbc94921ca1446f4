// Spreads a pixel's value over the corners around it, in whole numbers: their sums are the same in any order. For kernels that have
// colour_lattice_corners.wgsl before it (mark SPREAD), and `sums`, by number:
//
//     sum(p) = Σ round(w v)      over the pixels around which p is a corner
//
// n of one point's w with their v come to less than 2³¹.

fn spread(corners: Corners, value: f32) {
  let numbers = corners.numbers;
  let mixed = corners.mixed;
  let low = vec2i(round(bitcast<vec2f>(mixed.zw) * value));
  let high = vec4i(round(corners.weights * value));
  atomicAdd(&sums[numbers.x], low.x);
  atomicAdd(&sums[numbers.y], low.y);
  atomicAdd(&sums[numbers.z], high.x);
  atomicAdd(&sums[numbers.w], high.y);
  atomicAdd(&sums[mixed.x], high.z);
  atomicAdd(&sums[mixed.y], high.w);
}
