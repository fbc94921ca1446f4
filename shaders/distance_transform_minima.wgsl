// The least of each 32 squares of a row:
//
//     least(k, y) = min { g²(x, y) : 32 k ≤ x < 32 k + 32 },   g² of distance_transform_columns.wgsl
//
// 2  squares  H × W × 1, u32
// 3  minima   H × ⌈W / 32⌉ × 1, u32
// One invocation a minimum.

struct Params {
  width: u32,  // of the squares
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> squares: array<u32>;
@group(0) @binding(3) var<storage, read_write> minima: array<u32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width || y >= band.end) { return; }
  let row = y * params.width - band.base.x;
  var least = 0xffffffffu;
  for (var x = 32 * id.x; x < min(32 * id.x + 32, params.width); x++) { least = min(least, squares[row + x]); }
  minima[y * band.width + id.x - band.output_base] = least;
}
