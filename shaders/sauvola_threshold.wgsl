// Sauvola's local threshold: 1 where a value is at or below the mean of its window, lowered where the deviation is small.
//
//     T = m (1 + k (s / r − 1))          crack: I ≤ T
//
// 2  source      H × W × 1
// 3  statistics  H × W × 2, m and s
// 4  crack       H × W × 1, 0 or 1
// One invocation a pixel.

struct Params {
  k: f32,
  inverse_r: f32,  // 1 / r
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read> statistics: array<f32>;
@group(0) @binding(4) var<storage, read_write> crack: array<f32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let y = band.first + id.y;
  if (x >= band.width || y >= band.end) { return; }
  let pixel = y * band.width + x;
  let mean = statistics[pixel * 2 - band.base.y];
  let deviation = statistics[pixel * 2 + 1 - band.base.y];
  let threshold = mean * (1.0 + params.k * (deviation * params.inverse_r - 1.0));
  crack[pixel - band.output_base] = select(0.0, 1.0, source[pixel - band.base.x] <= threshold);
}
