// One pass of the mean and the variance over a square window, along one axis; a pass along the rows, then one along the columns.
//
//     m = r + (1/n) Σ_k (m_k − r)
//     v = (1/n) Σ_k ((m_k − r)² + v_k) − (m − r)²      n taps k, mirrored at the border; r = the pixel's own m_k
//
// m_k and v_k are mean and variance of the row windows under the column; in the first pass the values themselves, and 0. Sums are
// taken of differences from r, so that float32 loses nothing where the window is flat, at any level: there v is exactly 0, m exactly r.
//
// 2  source      H × W × 1 in the first pass, values; H × W × 2 in the second, means and variances
// 3  statistics  H × W × 2, means and variances, after the second pass means and standard deviations
// One invocation a block of BLOCK pixels along the axis: invocations [W / BLOCK, H] or [W, H / BLOCK]. core/kernels/window_statistics.ts
// writes the taps; a block may reach over the image or the band, where nothing is stored.

struct Params {
  inverse: f32,  // 1 / n
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> statistics: array<f32>;

const AXIS = /*{AXIS}*/;
const BLOCK = /*{BLOCK}*/u;

// Mirrors an index at the border.
fn border(i: i32, n: u32) -> u32 {
  /*{BORDER}*/
}

// m_k and v_k, `offset` pixels along the axis from the first pixel of the block.
fn load(first: vec2u, offset: i32) -> vec2f {
  let place = vec2i(first) + offset * AXIS;
  /*{LOAD}*/
}

fn moments(tap: vec2f, reference: f32) -> vec2f {
  let difference = tap.x - reference;
  return vec2f(difference, difference * difference + tap.y);
}

fn store(first: vec2u, offset: u32, reference: f32, sums: vec2f) {
  let place = first + offset * vec2u(AXIS);
  if (place.x >= band.width || place.y >= band.end) { return; }
  let shift = sums.x * params.inverse;
  // Rounding may leave a variance just below 0.
  let variance = max(sums.y * params.inverse - shift * shift, 0.0);
  let i = (place.y * band.width + place.x) * 2 - band.output_base;
  statistics[i] = reference + shift;
  statistics[i + 1] = /*{SPREAD}*/;
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let first = vec2u(0, band.first) + id.xy * select(vec2u(1), vec2u(BLOCK), AXIS == vec2i(1));
  if (first.x >= band.width || first.y >= band.end) { return; }
  /*{TAPS}*/
}
