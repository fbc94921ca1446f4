// Gathers what the corners around each pixel hold: see colour_lattice_gather.wgsl.
//
// 2  values   points + 1; all of it
// 3  entries  H × W × 12
// 4  sliced   H × W × 1
// One invocation a pixel: [W, H, 1].

@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read> entries: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> sliced: array<f32>;

/*{CORNERS}*/
/*{GATHER}*/

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width || y >= band.end) { return; }
  let pixel = y * band.width + id.x;
  sliced[pixel - band.output_base] = gather(corners_at(3u * pixel - band.base.y / 4u));
}
