// Square patches of a regular grid, cut from an image that is mirrored outside without repeating its edge pixel:
//
//     patch[p][v][u] = I(mirror(y0 + ⌊p / columns⌋ stride + v), mirror(x0 + (p mod columns) stride + u))
//
// 2  source   H × W × C, any unit
// 3  patches  N·S × S × C: N patches of S × S pixels one below the other, the memory of an N × S × S × C tensor
// One invocation a value: x over the S·C values of a row, y over rows. A band of rows may begin and end inside a patch.

struct Params {
  width: u32,    // of the source
  height: u32,   // of the source
  size: u32,     // S
  columns: u32,  // patches in a row of the grid
  start: u32,    // index in the grid of the output's first patch
  stride: i32,
  x0: i32,       // left edge of the grid's first patch, pixels of the source
  y0: i32,       // its top edge
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> patches: array<f32>;

@compute @workgroup_size(32, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = band.first + id.y;
  let row_values = band.width * band.channels;
  if (id.x >= row_values || row >= band.end) { return; }
  let u = i32(id.x / band.channels);
  let v = i32(row % params.size);
  let patch_index = params.start + row / params.size;
  let cell = vec2i(vec2u(patch_index % params.columns, patch_index / params.columns));
  let x = mirror(params.x0 + cell.x * params.stride + u, params.width);
  let y = mirror(params.y0 + cell.y * params.stride + v, params.height);
  let value = source[(y * params.width + x) * band.channels + id.x % band.channels - band.base.x];
  patches[row * row_values + id.x - band.output_base] = value;
}
