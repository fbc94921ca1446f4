// Gathers what a pixel's corners hold, as its value was spread over them, for kernels that have colour_lattice_corners.wgsl before it (mark GATHER):
// Σ w v. The kernel has `values`, v by number, from the last pass of colour_lattice_blur.wgsl.

fn gather(corners: Corners) -> f32 {
  let numbers = corners.numbers;
  let mixed = corners.mixed;
  let low = bitcast<vec2f>(mixed.zw) * vec2f(values[numbers.x], values[numbers.y]);
  let high = corners.weights * vec4f(values[numbers.z], values[numbers.w], values[mixed.x], values[mixed.y]);
  return low.x + low.y + high.x + high.y + high.z + high.w;
}
