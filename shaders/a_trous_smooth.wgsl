// One axis of a step of the à-trous wavelet transform: smoothed by h, whose taps lie `spacing` pixels apart.
//
//     S′(x) = (S(x − d) + 3 S(x) + 3 S(x + d) + S(x + 2 d)) / 8      d = spacing; mirrored outside, the edge not repeated
//
// 2  source    H × W × 1
// 3  smoothed  H × W × 1
// One invocation a pixel.

struct Params {
  across: i32,  // spacing along x: 0 where the axis is y
  down: i32,    // spacing along y
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> smoothed: array<f32>;

fn load(id: vec2u, tap: i32) -> f32 {
  let x = mirror(i32(id.x) + tap * params.across, band.width);
  let y = mirror(i32(id.y) + tap * params.down, band.height);
  return source[y * band.width + x - band.base.x];
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let place = vec2u(id.x, band.first + id.y);
  if (place.x >= band.width || place.y >= band.end) { return; }
  // Differences, so that what is flat stays exactly as it is.
  let middle = load(place, 0);
  let beside = 3.0 * (load(place, 1) - middle) + (load(place, -1) - middle) + (load(place, 2) - middle);
  smoothed[place.y * band.width + place.x - band.output_base] = middle + 0.125 * beside;
}
