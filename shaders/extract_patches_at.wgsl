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
// One invocation a value: x over the S·C values of a row, y over rows. A band of rows may begin and end inside a patch.

struct Params {
  width: u32,   // of the source
  height: u32,  // of the source
  size: u32,    // S
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read> table: array<f32>;
@group(0) @binding(4) var<storage, read_write> patches: array<f32>;

@compute @workgroup_size(32, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = band.first + id.y;
  let row_values = band.width * band.channels;
  if (id.x >= row_values || row >= band.end) { return; }
  let entry = (row / params.size) * 4 - band.base.y;
  let corner = vec2i(i32(table[entry]), i32(table[entry + 1]));
  let turns = u32(i32(table[entry + 2])) & 3;
  let flip = table[entry + 3] != 0;

  let last = i32(params.size) - 1;
  let v = i32(row % params.size);
  var u = i32(id.x / band.channels);
  if (flip) { u = last - u; }
  var at = vec2i(u, v);
  if (turns == 1) { at = vec2i(last - v, u); }
  if (turns == 2) { at = vec2i(last - u, last - v); }
  if (turns == 3) { at = vec2i(v, last - u); }

  let x = mirror(corner.x + at.x, params.width);
  let y = mirror(corner.y + at.y, params.height);
  let value = source[(y * params.width + x) * band.channels + id.x % band.channels - band.base.x];
  patches[row * row_values + id.x - band.output_base] = value;
}
