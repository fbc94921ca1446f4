// One formula for every value of one or two planes of equal shape, put in by core/kernels/pointwise.ts:
//
//     output[i] = f(a[i], b[i])
//
// 2  a       H × W × C
// 3  b       H × W × C, the same as a where the formula has no second operand; 1 × 1 × 1 where it is one value for all (`all` = 1)
// 4  output  H × W × C
// One invocation a value: x over the values of a row, y over rows.

struct Params {
  all: u32,
  /*{PARAMETERS}*/
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> values_a: array<f32>;
@group(0) @binding(3) var<storage, read> values_b: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

fn formula(a: f32, b: f32) -> f32 {
  return /*{FORMULA}*/;
}

@compute @workgroup_size(64, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  let row_values = band.width * band.channels;
  if (id.x >= row_values || y >= band.end) { return; }
  let i = y * row_values + id.x;
  let b = values_b[select(i - band.base.y, 0, params.all == 1)];
  output[i - band.output_base] = formula(values_a[i - band.base.x], b);
}
