// One iteration of mean field of two classes under Potts' compatibility, from what neighbours say:
//
//     z = e + w₁ A + w₂ S,   d = tanh(z / 2) = Q(0) − Q(1)
//
// P. Krähenbühl and V. Koltun 2011, arXiv:1210.5644, algorithm 1; core/label/cam_crf/dense_crf.ts has how this follows from it.
//
// 2  evidence    H × W × 1: e, the log odds of class 0 that the unary term gives
// 3  appearance  H × W × 1: A, the message of neighbours by place and colour
// 4  smoothness  H × W × 1: S, that of neighbours by place
// 5  difference  H × W × 1: d
// One invocation a pixel: [W, H, 1].

struct Params {
  weights: vec2f,  // w₁, w₂
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> evidence: array<f32>;
@group(0) @binding(3) var<storage, read> appearance: array<f32>;
@group(0) @binding(4) var<storage, read> smoothness: array<f32>;
@group(0) @binding(5) var<storage, read_write> difference: array<f32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width || y >= band.end) { return; }
  let i = y * band.width + id.x;
  let z = evidence[i - band.base.x] + params.weights.x * appearance[i - band.base.y] +
    params.weights.y * smoothness[i - band.base.z];
  // tanh() of large numbers is not to be relied on.
  let e = exp(-abs(z));
  difference[i - band.output_base] = sign(z) * (1.0 - e) / (1.0 + e);
}
