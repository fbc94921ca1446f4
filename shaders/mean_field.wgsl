// One iteration of mean field of two classes under Potts' compatibility, from what neighbours say, and the beginning of the next: d is spread over the
// lattice of place and colour while the corners around the pixel are at hand.
//
//     z = e + w₁ A + w₂ D^−½ S,   d = tanh(z / 2) = Q(0) − Q(1)
//
// P. Krähenbühl and V. Koltun 2011, arXiv:1210.5644, algorithm 1; core/label/cam_crf/dense_crf.ts has how this follows from it.
//
// 2  values      points + 1: of the lattice of place and colour, over which d was spread; all of it
// 3  entries     H × W × 12: a pixel's corners, by which A is gathered (colour_lattice_gather.wgsl) and d is spread (colour_lattice_spread.wgsl)
// 4  evidence    H × W × 2: e, the log odds of class 0 that the unary term gives; and D^−½ of the kernel of place, D being the sums of its rows
// 5  smoothness  H × W × 1: sums of d D^−½ over neighbours by place, of which D^−½ S is the message
// 6  sums        points + 1, i32, 0 at first: of d over the lattice; all of it
// 7  difference  H × W × 2: d, d D^−½
// One invocation a pixel: [W, H, 1]. What weighs nothing is not looked at.

struct Params {
  weights: vec2f,  // w₁, w₂
  spreads: u32,    // 1 where d is spread
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read> entries: array<vec4u>;
@group(0) @binding(4) var<storage, read> evidence: array<vec2f>;
@group(0) @binding(5) var<storage, read> smoothness: array<f32>;
@group(0) @binding(6) var<storage, read_write> sums: array<atomic<i32>>;
@group(0) @binding(7) var<storage, read_write> difference: array<vec2f>;

/*{CORNERS}*/
/*{GATHER}*/
/*{SPREAD}*/

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width || y >= band.end) { return; }
  let i = y * band.width + id.x;
  let unary = evidence[i - band.base.z / 2u];
  var z = unary.x;
  var corners = Corners();
  if (params.weights.x != 0.0 || params.spreads != 0u) { corners = corners_at(3u * i - band.base.y / 4u); }
  if (params.weights.x != 0.0) { z += params.weights.x * gather(corners); }
  if (params.weights.y != 0.0) { z += params.weights.y * unary.y * smoothness[i - band.base.w]; }
  // tanh() of large numbers is not to be relied on.
  let e = exp(-abs(z));
  let d = sign(z) * (1.0 - e) / (1.0 + e);
  difference[i - band.output_base / 2u] = vec2f(d, d * unary.y);
  if (params.spreads != 0u) { spread(corners, d); }
}
