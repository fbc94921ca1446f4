// The wavelet coefficients of a scale from what its smoothing left: differences of g = [−2, 2], whose taps lie `spacing` pixels apart.
//
//     W¹(x, y) = 2/λ (S(x + 1, y − c) − S(x + 1 − d, y − c))      d = spacing = 2^(j−1)
//     W²(x, y) = 2/λ (S(x − c, y + 1) − S(x − c, y + 1 − d))      c = max(0, d/2 − 1)
//
// j = 1, 2 … being the scale. Both lie on the pixel's lower right corner from scale 2 on: h has its middle half a spacing to the right, which the
// shifts undo. Mirrored outside, the edge not repeated.
//
// 2  source        H × W × 1, smoothed j − 1 times
// 3  coefficients  H × W × 2: W¹, W²
// One invocation a pixel.

struct Params {
  spacing: i32,  // d
  shift: i32,    // c
  factor: f32,   // 2/λ
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> coefficients: array<f32>;

fn load(x: i32, y: i32) -> f32 {
  return source[mirror(y, band.height) * band.width + mirror(x, band.width) - band.base.x];
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= band.width || band.first + id.y >= band.end) { return; }
  let x = i32(id.x);
  let y = i32(band.first + id.y);
  let i = 2 * (u32(y) * band.width + id.x) - band.output_base;
  let c = params.shift;
  coefficients[i] = params.factor * (load(x + 1, y - c) - load(x + 1 - params.spacing, y - c));
  coefficients[i + 1] = params.factor * (load(x - c, y + 1) - load(x - c, y + 1 - params.spacing));
}
