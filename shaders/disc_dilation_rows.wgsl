// Maxima of 1, 2, 4 … pixels of a row from each pixel on, so that the maximum of any longer piece is that of two of them:
//
//     maxima(y, k, s) = max_{0 ≤ i < 2^k} I(s − REACH + i, y),   0 ≤ s < W + REACH, 0 ≤ k < LEVELS
//
// What is left or right of the image is the edge pixel again, so that pieces may begin REACH pixels before it.
//
// 2  source  H × W × 1
// 3  maxima  H × ((W + REACH) · LEVELS) × 1, level after level in each row
// One invocation a start of pieces: [W + REACH, H, 1]. core/kernels/disc_dilation.ts writes the taps.

struct Params {
  width: u32,  // of the source
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> maxima: array<f32>;

const REACH = /*{REACH}*/;
const LEVELS = /*{LEVELS}*/u;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let starts = params.width + u32(REACH);
  let y = band.first + id.y;
  if (id.x >= starts || y >= band.end) { return; }
  let first = i32(id.x) - REACH;
  let last = i32(params.width) - 1;
  let row = y * params.width - band.base.x;
  let level0 = y * starts * LEVELS + id.x - band.output_base;
  var largest = source[row + u32(max(first, 0))];
  /*{TAPS}*/
}
