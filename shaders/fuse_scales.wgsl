// Adds the confidences of one level, looked at by itself, to those of all, each level weighted by how decided it is:
//
//     fused[i] ← fused[i] + w_l p_l[i]        w_l = d_l^s / Σ_m d_m^s,   d_l = Σ p_l² / Σ p_l over the whole photo
//
// d is the mean confidence of where crack is claimed: near 1 where a level is sure of few pixels, near 0 where it only suspects many. It is
// divided by that of the most decided level first, so that no power underflows for all. Where no level claims anything all weights are equal.
//
// 2  confidence  H × W × 1, confidences p_l, 0..1
// 3  sums        L × 1 × 2, Σ p and Σ p² of each level
// 4  fused       H × W × 1, changed in place; not read by the first level
// One invocation a pixel.

struct Params {
  level: u32,        // l
  levels: u32,       // L
  selectivity: f32,  // s
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> confidence: array<f32>;
@group(0) @binding(3) var<storage, read> sums: array<f32>;
@group(0) @binding(4) var<storage, read_write> fused: array<f32>;

fn decidedness(level: u32) -> f32 {
  let sum = sums[2 * level];
  return select(0.0, sums[2 * level + 1] / max(sum, 1e-30), sum > 0);
}

// (d / most)^s, 1 for s = 0 and where nothing is claimed.
fn power(d: f32, most: f32) -> f32 {
  if (params.selectivity == 0 || most == 0) { return 1.0; }
  return select(0.0, pow(d / most, params.selectivity), d > 0);
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width || y >= band.end) { return; }
  var most = 0.0;
  for (var m = 0u; m < params.levels; m++) { most = max(most, decidedness(m)); }
  var total = 0.0;
  for (var m = 0u; m < params.levels; m++) { total += power(decidedness(m), most); }
  let weight = power(decidedness(params.level), most) / total;
  let pixel = y * band.width + id.x;
  let i = pixel - band.output_base;
  let before = select(fused[i], 0.0, params.level == 0);
  fused[i] = before + weight * confidence[pixel - band.base.x];
}
