// Spreads a value a pixel over the corners around it: see colour_lattice_spread.wgsl.
//
// 2  values   H × W × C: v, the first channel; all of it
// 3  entries  H × W × 12; all of it
// 4  sums     points + 1, i32, 0 at first; all of it
// One invocation a pixel: [W, H, 1], in rows of `width`.

struct Params {
  width: u32,
  height: u32,
  channels: u32,  // of the values
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read> entries: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> sums: array<atomic<i32>>;

/*{CORNERS}*/
/*{SPREAD}*/

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let pixel = id.y * params.width + id.x;
  spread(corners_at(3u * pixel), values[params.channels * pixel]);
}
