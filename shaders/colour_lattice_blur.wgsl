// Blurs values at lattice points along one direction, by (1, 2, 1) / 2:
//
//     v′(p) = v(p) + (v(a) + v(b)) / 2      a, b neighbours of p; 0 for those that there are not
//
// The first pass takes whole sums s and makes v = u s of them, u = n / 2²⁹ as in colour_lattice_weights.wgsl; the last gives u v′, so that the same
// weights gather values that have spread them.
//
// 2  source      points + 1: v, or i32 sums; all of it
// 3  neighbours  a point × 2, u32
// 4  counts      points + 1, u32: n; all of it
// 5  blurred     points + 1; 0 at 0
// One invocation a point, in the rows of the output.

@group(0) @binding(2) var<storage, read> source: array</*{VALUE}*/>;
@group(0) @binding(3) var<storage, read> neighbours: array<vec2u>;
@group(0) @binding(4) var<storage, read> counts: array<u32>;
@group(0) @binding(5) var<storage, read_write> blurred: array<f32>;

fn unit(number: u32) -> f32 {
  return f32(counts[number]) / 536870912.0;
}

fn load(number: u32) -> f32 {
  /*{LOAD}*/
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width || y >= band.end) { return; }
  let number = y * band.width + id.x;
  let around = neighbours[number - band.base.y / 2u];
  let value = load(number) + 0.5 * (load(around.x) + load(around.y));
  blurred[number - band.output_base] = select(0.0, /*{STORE}*/, number > 0u);
}
