// The image in a mirror, left and right exchanged, above and below, or both:
//
//     output[y][x] = source[down ? H − 1 − y : y][across ? W − 1 − x : x]
//
// 2  source  H × W × C
// 3  output  H × W × C
// One invocation a value: x over the values of a row, y over rows.

struct Params {
  across: u32,  // 1: left and right
  down: u32,    // 1: above and below
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(64, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width * band.channels || y >= band.end) { return; }
  let x = id.x / band.channels;
  let row = select(y, band.height - 1 - y, params.down == 1);
  let column = select(x, band.width - 1 - x, params.across == 1);
  let value = source[(row * band.width + column) * band.channels + id.x % band.channels - band.base.x];
  output[y * band.width * band.channels + id.x - band.output_base] = value;
}
