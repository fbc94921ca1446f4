// Normalises the filter K to D^−½ K D^−½, D being the sums of its rows: each of a pixel's weights, which spread its value and gather that of
// others, is multiplied by D^−½.
//
// 2  values   points + 1, of ones that were spread and blurred; all of it
// 3  entries  H × W × 12
// One invocation a pixel: [W, H, 1].

@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read_write> entries: array<vec4u>;

/*{CORNERS}*/
/*{GATHER}*/

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width || y >= band.end) { return; }
  let first = 3u * (y * band.width + id.x) - band.output_base / 4u;
  let corners = corners_at(first);
  let factor = 1.0 / sqrt(gather(corners));
  let mixed = corners.mixed;
  entries[first + 1u] = vec4u(mixed.xy, bitcast<vec2u>(bitcast<vec2f>(mixed.zw) * factor));
  entries[first + 2u] = bitcast<vec4u>(corners.weights * factor);
}
