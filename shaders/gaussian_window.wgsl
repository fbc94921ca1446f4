// One pass of a Gaussian, along one axis; what lies outside counts as 0:
//
//     s(i) = Σ_k exp(−k² / 2σ²) v(i + k)      |k| ≤ reach
//
// 2  source  H × W × C: v, one of its channels
// 3  taps    1 × 16 N × 1: exp(−k² / 2σ²) for k = −reach … reach, then 0; where there are at most 32, params have them, which a software adapter reads
//            once for several pixels
// 4  sums    H × W × 1
// One invocation a block of 16 pixels along the axis: invocations [W / 16, H] or [W, H / 16]. With each 16 or 32 taps go the 31 or 47 values that they
// count for; sums of products are written out, one line four pixels.

struct Params {
  reach: i32,
  channels: i32,  // C
  channel: i32,   // of v
  /*{FIELDS}*/
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read> taps: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> sums: array<f32>;

const AXIS = /*{AXIS}*/;

fn store(place: vec2i, sum: f32) {
  if (place.x >= i32(band.width) || place.y >= i32(band.end)) { return; }
  sums[u32(place.y) * band.width + u32(place.x) - band.output_base] = sum;
}

fn store_four(place: vec2i, four: vec4f) {
  store(place, four.x);
  store(place + AXIS, four.y);
  store(place + 2 * AXIS, four.z);
  store(place + 3 * AXIS, four.w);
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let first = vec2i(0, i32(band.first)) + vec2i(id.xy) * (vec2i(1) + 15 * AXIS);
  if (first.x >= i32(band.width) || first.y >= i32(band.end)) { return; }
  let here = /*{PLACE}*/;
  let length = i32(/*{LENGTH}*/);
  let stride = params.channels * i32(/*{STRIDE}*/);
  // Of the pixel at 0 on the axis.
  let origin = params.channels * (first.y * i32(band.width) + first.x - here * i32(/*{STRIDE}*/)) + params.channel -
    i32(band.base.x);
  var sums_0 = vec4f();
  var sums_1 = vec4f();
  var sums_2 = vec4f();
  var sums_3 = vec4f();
  /*{GROUPS}*/ {
    let at = here - params.reach + 16 * some;
    /*{VALUES}*/
    /*{TAPS}*/
    /*{SUMS}*/
  }
  store_four(first, sums_0);
  store_four(first + 4 * AXIS, sums_1);
  store_four(first + 8 * AXIS, sums_2);
  store_four(first + 12 * AXIS, sums_3);
}
