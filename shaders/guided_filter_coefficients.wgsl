// Second of the four passes of the guided filter (He, Sun & Tang 2013, doi:10.1109/TPAMI.2012.213): from the moments of the rows of a
// window to those of the window, m' = m_I, m'' = m_p, d_k = m'_k − m', e_k = m''_k − m'' being differences from the pixel's own row,
//
//     variance   = (1/n) Σ_k (v_k + d_k²)    − ((1/n) Σ_k d_k)²
//     covariance = (1/n) Σ_k (c_k + d_k e_k) − (1/n) Σ_k d_k · (1/n) Σ_k e_k      n rows k within the image
//
// and to the line q = a I + b that fits the input best there, slopes being dear (eqs. 5 and 6):
//
//     a = covariance / (variance + ε),  b = mean_p − a mean_I
//
// 2  moments       H × W × 4: m_I, m_p, v, c of the row windows
// 3  coefficients  H × W × 2: a, b
// One invocation a pixel; needs `radius` rows above and below.

struct Params {
  radius: u32,   // pixels
  epsilon: f32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> moments: array<f32>;
@group(0) @binding(3) var<storage, read_write> coefficients: array<f32>;

fn load(x: u32, y: u32) -> vec4f {
  let i = (y * band.width + x) * 4 - band.base.x;
  return vec4f(moments[i], moments[i + 1], moments[i + 2], moments[i + 3]);
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let y = band.first + id.y;
  if (x >= band.width || y >= band.end) { return; }
  let own = load(x, y).xy;
  let first = y - min(y, params.radius);
  let end = min(y + params.radius + 1, band.height);
  var shift = vec2f();
  var spread = vec2f();
  for (var k = first; k < end; k++) {
    let row = load(x, k);
    let d = row.xy - own;
    shift += d;
    spread += row.zw + d.x * d;
  }
  let inverse = 1.0 / f32(end - first);
  shift *= inverse;
  spread = spread * inverse - shift.x * shift;
  let mean = own + shift;
  // Rounding may leave a variance just below 0.
  let a = spread.y / (max(spread.x, 0.0) + params.epsilon);
  let pixel = (y * band.width + x) * 2 - band.output_base;
  coefficients[pixel] = a;
  coefficients[pixel + 1] = mean.y - a * mean.x;
}
