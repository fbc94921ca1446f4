// Grey value of a colour image, the weighted sum of its first three channels:
//
//     Y = w_R R + w_G G + w_B B          ITU-R BT.601: 0.299, 0.587, 0.114
//
// 2  source  H × W × C, C ≥ 3, 0..255
// 3  grey    H × W × 1, 0..255
// One invocation a pixel.

struct Params {
  channels: u32,  // of the source
  red: f32,
  green: f32,
  blue: f32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> grey: array<f32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let y = band.first + id.y;
  if (x >= band.width || y >= band.end) { return; }
  let pixel = y * band.width + x;
  let i = pixel * params.channels - band.base.x;
  grey[pixel - band.output_base] = params.red * source[i] + params.green * source[i + 1] + params.blue * source[i + 2];
}
