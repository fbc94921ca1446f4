// Third of the four passes of the guided filter (He, Sun & Tang 2013, doi:10.1109/TPAMI.2012.213): the mean coefficients of a window of
// one row, (1/n) Σ_k a_k and (1/n) Σ_k b_k over its n taps k within the image.
//
// 2  coefficients  H × W × 2: a, b
// 3  means         H × W × 2
// One invocation a pixel.

struct Params {
  radius: u32,  // pixels
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> coefficients: array<f32>;
@group(0) @binding(3) var<storage, read_write> means: array<f32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let y = band.first + id.y;
  if (x >= band.width || y >= band.end) { return; }
  let row = y * band.width;
  let first = x - min(x, params.radius);
  let end = min(x + params.radius + 1, band.width);
  var sum = vec2f();
  for (var k = first; k < end; k++) {
    let i = (row + k) * 2 - band.base.x;
    sum += vec2f(coefficients[i], coefficients[i + 1]);
  }
  let inverse = 1.0 / f32(end - first);
  let pixel = (row + x) * 2 - band.output_base;
  means[pixel] = sum.x * inverse;
  means[pixel + 1] = sum.y * inverse;
}
