// Square patches from given places of an image, each turned by quarter turns and flipped, the image mirrored outside without
// repeating its edge pixel. With the window J[v][u] = I(mirror(y + v), mirror(x + u)) and L = S − 1, a patch is
//
//     0 turns J[v][u]    1 turn J[u][L − v]    2 turns J[L − v][L − u]    3 turns J[L − u][v]    (counterclockwise)
//
// and where it is flipped, u is replaced by L − u (left and right exchanged after turning).
//
// 2  source   H × W × C, any unit
// 3  table    N × 4 × 1: x and y of the window's upper left pixel, quarter turns, 1 to flip
// 4  patches  N·S × S × C
// One invocation a column of values in a patch: x over the S·C values of a row, y over patches. It walks down the patch, which
// is a straight walk through the source, too. A band of rows may begin and end inside a patch.

struct Params {
  size: vec2u,  // width and height of the source
  side: u32,    // S
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read> table: array<f32>;
@group(0) @binding(4) var<storage, read_write> patches: array<f32>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let patch_index = band.first / params.side + id.y;
  let top = patch_index * params.side;
  let row_values = band.width * band.channels;
  if (id.x >= row_values || top >= band.end) { return; }
  let first = max(top, band.first);
  let end = min(top + params.side, band.end);

  let entry = patch_index * 4 - band.base.y;
  let corner = vec2i(i32(table[entry]), i32(table[entry + 1]));
  let turns = i32(table[entry + 2]) & 3;
  let last = i32(params.side) - 1;
  let column = i32(id.x / band.channels);
  let u = select(column, last - column, table[entry + 3] != 0);
  var at = vec2i(u, 0);   // in the window, of row 0 of the patch
  var step = vec2i(0, 1);  // in the window, from one row of the patch to the next
  if (turns == 1) { at = vec2i(last, u); step = vec2i(-1, 0); }
  if (turns == 2) { at = vec2i(last - u, last); step = vec2i(0, -1); }
  if (turns == 3) { at = vec2i(0, last - u); step = vec2i(1, 0); }

  // Where x and y are in the period of mirrored columns and rows: 0 … n − 1 going forth, from there to the period going back.
  let period = max(2 * (vec2i(params.size) - 1), vec2i(1));
  let start = corner + at + step * i32(first - top);
  var phase = abs(start) % period;  // OpenGL leaves % of negative numbers open
  phase = select(phase, period - phase, (start < vec2i(0)) & (phase > vec2i(0)));
  let channel = id.x % band.channels;
  for (var row = first; row < end; row++) {
    let pixel = vec2u(min(phase, period - phase));
    let value = source[(pixel.y * params.size.x + pixel.x) * band.channels + channel - band.base.x];
    patches[row * row_values + id.x - band.output_base] = value;
    phase += step;
    phase = select(phase, phase - period, phase >= period);
    phase = select(phase, phase + period, phase < vec2i(0));
  }
}
