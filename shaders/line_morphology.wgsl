// Grey-level erosion or dilation along a line that goes any way, and the greater of its result and another plane's value.
//
//     result(p) = max(least(p), ext_k I(p + o_k))      ext = min or max, o_k the offsets of the line
//
// What is outside the image is ignored.
//
// 2  source   H × W × 1
// 3  offsets  1 × N × 3, i32 bit patterns: the line's pixels from its middle, x, y and y W + x
// 4  least    H × W × 1
// 5  result   H × W × 1
// One invocation a pixel. core/kernels/line_morphology.ts fills the marks.

struct Params {
  pixels: u32,  // N
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read> offsets: array<i32>;
@group(0) @binding(4) var<storage, read> least: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let y = band.first + id.y;
  if (x >= band.width || y >= band.end) { return; }
  let pixel = y * band.width + x;
  let size = vec2u(band.width, band.height);
  // The line's own middle is one of its pixels.
  var found = source[pixel - band.base.x];
  let middle = i32(pixel - band.base.x);
  // The loop is in no branch: software drivers let one that no pixel takes run on for long.
  for (var k = 0u; k < params.pixels; k++) {
    // Where that is negative it is beyond the size as a natural number.
    let place = vec2u(vec2i(i32(x), i32(y)) + vec2i(offsets[3 * k], offsets[3 * k + 1]));
    let value = source[middle + offsets[3 * k + 2]];
    found = select(found, /*{PICK}*/(found, value), all(place < size));
  }
  result[pixel - band.output_base] = /*{RESULT}*/;
}
