// Maxima of 1, 2, 4 … pixels of a row from each pixel on, so that the maximum of any longer piece is that of two of them:
//
//     maxima(y, k, s) = max_{0 ≤ i < 2^k} I(s − reach + i, y),   0 ≤ s < W + reach, 0 ≤ k < levels
//
// What is left or right of the image is the edge pixel again, so that windows may begin `reach` pixels before it.
//
// 2  source  H × W × 1
// 3  maxima  H × ((W + reach) · levels) × 1, level after level in each row
// One invocation a start of windows: [W + reach, H, 1].

struct Params {
  reach: i32,
  levels: u32,
  width: i32,  // of the source
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> maxima: array<f32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let starts = u32(params.width + params.reach);
  let y = band.first + id.y;
  if (id.x >= starts || y >= band.end) { return; }
  let first = i32(id.x) - params.reach;
  let row = y * u32(params.width) - band.base.x;
  let target_row = y * starts * params.levels + id.x - band.output_base;
  var largest = source[row + u32(max(first, 0))];
  var seen = 1;
  for (var k = 0u; k < params.levels; k++) {
    for (; seen < (1 << k); seen++) {
      largest = max(largest, source[row + u32(clamp(first + seen, 0, params.width - 1))]);
    }
    maxima[target_row + k * starts] = largest;
  }
}
