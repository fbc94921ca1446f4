// Adds the confidences of one level, looked at by itself, to those of all, each level weighted by how decided it is:
//
//     fused[i] ← fused[i] + w_l p_l[i]        w_l = d_l² / Σ_m d_m²,   d_l = Σ p_l² / Σ p_l over the whole photo
//
// d is the mean confidence of where crack is claimed: near 1 where a level is sure of few pixels, near 0 where it only suspects many.
// Where no level claims anything all weights are equal.
//
// 2  confidence  H × W × 1, confidences p_l, 0..1
// 3  sums        L × 1 × 2, Σ p and Σ p² of each level
// 4  fused       H × W × 1, changed in place; not read by the first level
// One invocation a pixel.

struct Params {
  level: u32,   // l
  levels: u32,  // L
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> confidence: array<f32>;
@group(0) @binding(3) var<storage, read> sums: array<f32>;
@group(0) @binding(4) var<storage, read_write> fused: array<f32>;

fn decided(level: u32) -> f32 {
  let sum = sums[2 * level];
  let d = sums[2 * level + 1] / max(sum, 1e-30);
  return select(0.0, d * d, sum > 0);
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width || y >= band.end) { return; }
  var total = 0.0;
  for (var m = 0u; m < params.levels; m++) { total += decided(m); }
  let weight = select(1 / f32(params.levels), decided(params.level) / total, total > 0);
  let pixel = y * band.width + id.x;
  let i = pixel - band.output_base;
  let before = select(fused[i], 0.0, params.level == 0);
  fused[i] = before + weight * confidence[pixel - band.base.x];
}
