// First of the four passes of the guided filter (He, Sun & Tang 2013, doi:10.1109/TPAMI.2012.213): means, variance and covariance of
// guide I and input p over a window of one row, n taps k of it within the image.
//
//     m_I = I + (1/n) Σ_k d_k,  d_k = I_k − I      m_p = p + (1/n) Σ_k e_k,  e_k = p_k − p
//     v   = (1/n) Σ_k d_k² − (m_I − I)²            c   = (1/n) Σ_k d_k e_k − (m_I − I) (m_p − p)
//
// Sums are taken of differences from the pixel's own values, so that float32 loses nothing where the window is flat.
//
// 2  guide    H × W × 1, 0..1
// 3  source   H × W × 1, 0..1
// 4  moments  H × W × 4: m_I, m_p, v, c
// One invocation a pixel.

struct Params {
  radius: u32,  // pixels
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> guide: array<f32>;
@group(0) @binding(3) var<storage, read> source: array<f32>;
@group(0) @binding(4) var<storage, read_write> moments: array<f32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let y = band.first + id.y;
  if (x >= band.width || y >= band.end) { return; }
  let guide_row = y * band.width - band.base.x;
  let source_row = y * band.width - band.base.y;
  let own = vec2f(guide[guide_row + x], source[source_row + x]);
  let first = x - min(x, params.radius);
  let end = min(x + params.radius + 1, band.width);
  var shift = vec2f();
  var spread = vec2f();
  for (var k = first; k < end; k++) {
    let d = vec2f(guide[guide_row + k], source[source_row + k]) - own;
    shift += d;
    spread += d.x * d;
  }
  let inverse = 1.0 / f32(end - first);
  shift *= inverse;
  spread = spread * inverse - shift.x * shift;
  let pixel = (y * band.width + x) * 4 - band.output_base;
  moments[pixel] = own.x + shift.x;
  moments[pixel + 1] = own.y + shift.y;
  moments[pixel + 2] = spread.x;
  moments[pixel + 3] = spread.y;
}
