// One pass of a Gaussian, along one axis; what lies outside counts as 0:
//
//     s(i) = Σ_k exp(−k² / 2σ²) v(i + k)      |k| ≤ reach
//
// 2  source  H × W × 1: v
// 3  taps    1 × (reach + 8) × 1: exp(−k² / 2σ²) for k = 0 … reach, then 0
// 4  sums    H × W × 1
// One invocation a block of 8 pixels along the axis: invocations [W / 8, H] or [W, H / 8]. Each value is loaded once a block, and the taps
// of the eight pixels that it counts for move on by one with it.

struct Params {
  reach: i32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read> taps: array<f32>;
@group(0) @binding(4) var<storage, read_write> sums: array<f32>;

const BLOCK = 8;
const AXIS = /*{AXIS}*/;

fn store(place: vec2i, sum: f32) {
  if (place.x >= i32(band.width) || place.y >= i32(band.end)) { return; }
  sums[u32(place.y) * band.width + u32(place.x) - band.output_base] = sum;
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let first = vec2i(0, i32(band.first)) + vec2i(id.xy) * (vec2i(1) + (BLOCK - 1) * AXIS);
  if (first.x >= i32(band.width) || first.y >= i32(band.end)) { return; }
  let length = i32(/*{LENGTH}*/);
  let at = /*{PLACE}*/;
  let stride = i32(/*{STRIDE}*/);
  let start = first.y * i32(band.width) + first.x - i32(band.base.x);
  var low = vec4f();
  var high = vec4f();
  var low_taps = vec4f();
  var high_taps = vec4f();
  for (var k = -params.reach; k < params.reach + BLOCK; k++) {
    high_taps = vec4f(low_taps.w, high_taps.xyz);
    low_taps = vec4f(taps[abs(k)], low_taps.xyz);
    let inside = at + k >= 0 && at + k < length;
    let value = select(0.0, source[start + select(0, k * stride, inside)], inside);
    low += low_taps * value;
    high += high_taps * value;
  }
  store(first, low.x);
  store(first + AXIS, low.y);
  store(first + 2 * AXIS, low.z);
  store(first + 3 * AXIS, low.w);
  store(first + 4 * AXIS, high.x);
  store(first + 5 * AXIS, high.y);
  store(first + 6 * AXIS, high.z);
  store(first + 7 * AXIS, high.w);
}
