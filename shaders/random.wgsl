// Four random words for a counter of four words: the hash pcg4d of M. Jarzynski and M. Olano, "Hash Functions for GPU Rendering",
// Journal of Computer Graphics Techniques 9 (3), 2020. core/random.ts gives the same words on the host.
fn random_words(counter: vec4u) -> vec4u {
  var v = counter * 1664525u + 1013904223u;
  v.x += v.y * v.w; v.y += v.z * v.x; v.z += v.x * v.y; v.w += v.y * v.z;
  v ^= v >> vec4u(16u);
  v.x += v.y * v.w; v.y += v.z * v.x; v.z += v.x * v.y; v.w += v.y * v.z;
  return v;
}

// A number in (0, 1): the middle of one of 2²³ equal intervals, which a float32 holds exactly; never 0, never 1.
fn random_unit(word: u32) -> f32 {
  return (f32(word >> 9) + 0.5) / 8388608.0;
}
