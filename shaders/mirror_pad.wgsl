// An image continued at its right and bottom, mirrored without repeating its edge pixel:
//
//     padded(x, y) = I(mirror(x, width), mirror(y, height))
//
// 2  source  height × width × C, any unit
// 3  padded  H × W × C, at least as high and wide
// One invocation a value of a row: x over its W·C values, y over rows.

struct Params {
  width: u32,   // of the source
  height: u32,  // of the source
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> padded: array<f32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = band.first + id.y;
  let row_values = band.width * band.channels;
  if (id.x >= row_values || row >= band.end) { return; }
  let x = mirror(i32(id.x / band.channels), params.width);
  let y = mirror(i32(row), params.height);
  let i = (y * params.width + x) * band.channels + id.x % band.channels;
  padded[row * row_values + id.x - band.output_base] = source[i - band.base.x];
}
