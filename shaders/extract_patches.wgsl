// Square patches of a regular grid, cut from an image that is mirrored outside without repeating its edge pixel:
//
//     patch[p][v][u] = I(mirror(y0 + ⌊p / columns⌋ stride + v), mirror(x0 + (p mod columns) stride + u))
//
// 2  source   H × W × C, any unit
// 3  patches  N·S × S × C: N patches of S × S pixels one below the other, the memory of an N × S × S × C tensor
// One invocation a column of values in a patch: x over the S·C values of a row, y over patches. It walks down the patch, so that the
// divisions are made once a column. A band of rows may begin and end inside a patch.

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

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let patch_index = band.first / params.size + id.y;
  let top = patch_index * params.size;
  let row_values = band.width * band.channels;
  if (id.x >= row_values || top >= band.end) { return; }
  let first = max(top, band.first);
  let end = min(top + params.size, band.end);

  let cell = vec2i(vec2u((params.start + patch_index) % params.columns, (params.start + patch_index) / params.columns));
  let x = mirror(params.x0 + cell.x * params.stride + i32(id.x / band.channels), params.width);
  let column = x * band.channels + id.x % band.channels - band.base.x;
  // Where y is in the period of mirrored rows: 0 … H − 1 going down, from there to the period going up.
  let period = max(2 * (i32(params.height) - 1), 1);
  let y = params.y0 + cell.y * params.stride + i32(first - top);
  var phase = abs(y) % period;  // OpenGL leaves % of negative numbers open
  if (y < 0 && phase > 0) { phase = period - phase; }
  for (var row = first; row < end; row++) {
    let from_row = u32(min(phase, period - phase));
    patches[row * row_values + id.x - band.output_base] = source[from_row * params.width * band.channels + column];
    phase = select(phase + 1, 0, phase + 1 == period);
  }
}
