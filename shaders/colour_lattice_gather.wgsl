// Gathers what a pixel's corners hold, as its value was spread over them, for kernels that begin with it (mark GATHER): Σ w v. The kernel has `values`, v by
// number, from the last pass of colour_lattice_blur.wgsl, and `entries`, a pixel's six numbers and then its six w, from colour_lattice_weights.wgsl.

// `first`: where the entries of the pixel begin.
fn gather(first: u32) -> f32 {
  let numbers = entries[first];
  let mixed = entries[first + 1u];
  let low = bitcast<vec2f>(mixed.zw) * vec2f(values[numbers.x], values[numbers.y]);
  let high = bitcast<vec4f>(entries[first + 2u]) *
    vec4f(values[numbers.z], values[numbers.w], values[mixed.x], values[mixed.y]);
  return low.x + low.y + high.x + high.y + high.z + high.w;
}
