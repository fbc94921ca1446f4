// Patches varied for training: colour jitter, then additive normal noise, then multiplication by a factor,
//
//     out = clamp(m clamp(jitter(c) + σ z)),    z = √(−2 ln u₁) cos(2π u₂)
//
// clamp to 0..255, u₁ and u₂ random numbers of the counter (seed, step, patch, pixel) (Box and Muller, doi:10.1214/aoms/1177706645), z
// the same for the channels of a pixel, and jitter, σ and m from the table of core/kernels/augment.ts.
//
// 2  patches  N·R × S × 3, 0..255
// 3  table    N × 10 × 1
// 4  means    N × 1 × 1, 0..255, from augment_mean.wgsl
// 5  output   N·R × S × 3, 0..255
// One invocation a pixel.

struct Params {
  rows: u32,  // R
  seed: u32,
  step: u32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> patches: array<f32>;
@group(0) @binding(3) var<storage, read> table: array<f32>;
@group(0) @binding(4) var<storage, read> means: array<f32>;
@group(0) @binding(5) var<storage, read_write> output: array<f32>;

/*{RANDOM}*/
/*{JITTER}*/

@compute @workgroup_size(32, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let row = band.first + id.y;
  if (x >= band.width || row >= band.end) { return; }
  let patch_index = row / params.rows;
  let pixel = row % params.rows * band.width + x;
  let entry = patch_index * 10 - band.base.y;
  let at = (row * band.width + x) * 3;
  let source = at - band.base.x;

  var c = vec3f(patches[source], patches[source + 1], patches[source + 2]);
  c = jitter(c, entry, means[patch_index - band.base.z], true);

  let words = random_words(vec4u(params.seed, params.step, patch_index, pixel));
  // An angle between −π and π: where WGSL promises an accurate cosine.
  let angle = 6.2831853 * (random_unit(words.y) - 0.5);
  let normal = sqrt(-2 * log(random_unit(words.x))) * cos(angle);
  c = clamp(c + table[entry + 8] * normal, vec3f(0), vec3f(255));
  c = clamp(c * table[entry + 9], vec3f(0), vec3f(255));

  let to = at - band.output_base;
  output[to] = c.r;
  output[to + 1] = c.g;
  output[to + 2] = c.b;
}
