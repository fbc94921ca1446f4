// The corners around a pixel, for kernels that begin with it (mark CORNERS). The kernel has `entries`, a pixel's six numbers and then its six w, from
// colour_lattice_weights.wgsl.

struct Corners {
  numbers: vec4u,  // of the first four
  mixed: vec4u,    // numbers of the last two; w of the first two, f32
  weights: vec4f,  // of the last four
}

// `first`: where the entries of the pixel begin.
fn corners_at(first: u32) -> Corners {
  return Corners(entries[first], entries[first + 1u], bitcast<vec4f>(entries[first + 2u]));
}
