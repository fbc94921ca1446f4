// Bilateral filter, eqs. 1 to 4 of the paper, divided by the sum of the weights (Tomasi & Manduchi 1998, doi:10.1109/ICCV.1998.710815):
//
//     BF[I](p) = Σ_q w(p, q) I(q) / Σ_q w(p, q)        q over the window around p, mirrored at the border
//     w(p, q)  = exp(−‖p − q‖² / 2σ_s² − d(I(p), I(q))² / 2σ_r²)
//              = exp2(space · ‖p − q‖² + range · d²)     space = −log₂e / 2σ_s², range = −log₂e / 2σ_r²
//
// 2  source    H × W × C, C = 1 or 3
// 3  filtered  H × W × C
// One invocation a block of COLUMNS × ROWS pixels: their windows overlap, so that a value is loaded once for all of them, and
// w(p, q) = w(q, p) is computed once for two pixels of one block. A block may reach over the image or the band: what it loads
// there stays in the sums of pixels that are not stored. The window is unrolled (or a loop, where it is large) by
// core/kernels/bilateral_filter.ts, which fills the marks.

struct Params {
  space: f32,
  range: f32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> filtered: array<f32>;

alias Value = /*{VALUE}*/;
const CHANNELS = /*{CHANNELS}*/u;
const COLUMNS = /*{COLUMNS}*/u;
const ROWS = /*{ROWS}*/u;

// Where column x and row y start in `source`; their sum is the index of a pixel.
fn column(x: i32) -> u32 {
  return border(x, band.width) * CHANNELS;
}

fn row(y: i32) -> u32 {
  return border(y, band.height) * band.width * CHANNELS - band.base.x;
}

// Mirrors an index at the border.
fn border(i: i32, n: u32) -> u32 {
  /*{BORDER}*/
}

fn load(i: u32) -> Value {
  return /*{LOAD}*/;
}

// The weight of two pixels whose places differ by `space`, already multiplied by params.space.
fn weight(a: Value, b: Value, space: f32) -> f32 {
  let difference = a - b;
  /*{DISTANCE}*/
  return exp2(space + params.range * squared);
}

fn store(x: u32, y: u32, sum: Value, weights: f32) {
  if (x >= band.width || y >= band.end) { return; }
  let value = /*{RESULT}*/;
  let i = (y * band.width + x) * CHANNELS - band.output_base;
  /*{STORE}*/
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x * COLUMNS;
  let y = band.first + id.y * ROWS;
  if (x >= band.width || y >= band.end) { return; }
  /*{WINDOW}*/
}
