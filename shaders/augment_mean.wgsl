// Mean grey value of each patch as the jitter's operations before the contrast leave it: what contrast is changed about.
//
// 2  patches  N·R × S × 3, 0..255
// 3  table    N × 10 × 1, of core/kernels/augment.ts
// 4  means    N × 1 × 1, 0..255
// One workgroup a patch: its 64 invocations add up every 64th pixel, then each other.

struct Params {
  pixels: u32,  // R S
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> patches: array<f32>;
@group(0) @binding(3) var<storage, read> table: array<f32>;
@group(0) @binding(4) var<storage, read_write> means: array<f32>;

/*{JITTER}*/

const LANES = 64u;
var<workgroup> sums: array<f32, LANES>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let patch_index = band.first + group.y;
  let entry = patch_index * 10 - band.base.y;
  var sum = 0.0;
  for (var i = lane; i < params.pixels; i += LANES) {
    let at = (patch_index * params.pixels + i) * 3 - band.base.x;
    sum += grey_value(jitter(vec3f(patches[at], patches[at + 1], patches[at + 2]), entry, 0, false));
  }
  sums[lane] = sum;
  for (var half = LANES / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { sums[lane] += sums[lane + half]; }
  }
  if (lane == 0) { means[patch_index - band.output_base] = sums[0] / f32(params.pixels); }
}
