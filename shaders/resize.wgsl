// One axis of a separable resampling. Each output position is a weighted sum of neighbouring source positions,
//
//     out[i] = Σ_t w[i][t] source[f[i] + t]        0 ≤ t < taps
//
// along rows (`down` = 0: i is the column) or along columns (`down` = 1: i is the row). The weights come from the host.
//
// 2  source  H × W × C, any unit
// 3  table   one row a position, 1 + taps values: f[i], then w[i][0 …], which sum to 1
// 4  output  H × W′ × C or H′ × W × C, the unit of the source
// One invocation a value: x over the values of a row, y over rows.

struct Params {
  down: u32,
  width: u32,  // of the source
  taps: u32,
  top: u32,    // rows of the source of `down` = 0 above the first one used, which the source of `down` = 1 does not have
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read> table: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(64, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  let row_values = band.width * band.channels;
  if (id.x >= row_values || y >= band.end) { return; }
  let down = params.down == 1;

  let entry = select(id.x / band.channels, y, down) * (1 + params.taps) - band.base.y;
  let first = u32(table[entry]) - select(0, params.top, down);
  let step = select(band.channels, row_values, down);
  let corner = select((y + params.top) * params.width * band.channels + id.x % band.channels, id.x, down);
  let start = corner + first * step - band.base.x;

  var sum = 0.0;
  for (var t = 0u; t < params.taps; t++) {
    sum += table[entry + 1 + t] * source[start + t * step];
  }
  output[y * row_values + id.x - band.output_base] = sum;
}
