// The entries of each lattice point, by its number.
//
// 2  places  points + 1, u32, from colour_lattice_insert.wgsl; all of it
// 3  points  slots × 2, u32: number and count; all of it
// 4  counts  points + 1, u32; 0 at 0
// One invocation a point, in the rows of the output.

@group(0) @binding(2) var<storage, read> places: array<u32>;
@group(0) @binding(3) var<storage, read> points: array<vec2u>;
@group(0) @binding(4) var<storage, read_write> counts: array<u32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width || y >= band.end) { return; }
  let number = y * band.width + id.x;
  counts[number - band.output_base] = select(0u, points[places[number]].y, number > 0u);
}
