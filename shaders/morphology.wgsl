// One pass of a grey-level erosion or dilation along one axis: the minimum or maximum over the window around each pixel.
//
//     E[I](p) = min_{|k| ≤ h} I(p + k a)      a = (1, 0) or (0, 1); the 2-D square window is one pass along each axis
//     D[I](p) = max_{|k| ≤ h} I(p + k a)
//
// What is outside the image is ignored. To repeat the edge pixel there does the same, since a window that reaches outside holds it.
//
// 2  source  H × W × C
// 3  result  H × W × C
// One invocation a block of BLOCK pixels along the axis in one channel: invocations [W / BLOCK, H, C] or [W, H / BLOCK, C].
// core/kernels/morphology.ts writes the taps; a block may reach over the image or the band, where nothing is stored.

struct Params {
  reach: i32,  // farthest tap of a spaced window
  step: i32,   // distance of its taps
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

const AXIS = /*{AXIS}*/;
const BLOCK = /*{BLOCK}*/u;

fn pick(a: f32, b: f32) -> f32 {
  return /*{PICK}*/(a, b);
}

// The value `offset` pixels along the axis from the first pixel of the block.
fn load(first: vec3u, offset: i32) -> f32 {
  let last = vec2i(i32(band.width), i32(band.height)) - 1;
  let place = vec2u(clamp(vec2i(first.xy) + offset * AXIS, vec2i(0), last));
  return source[(place.y * band.width + place.x) * band.channels + first.z - band.base.x];
}

fn store(first: vec3u, offset: u32, value: f32) {
  let place = first.xy + offset * vec2u(AXIS);
  if (place.x >= band.width || place.y >= band.end) { return; }
  result[(place.y * band.width + place.x) * band.channels + first.z - band.output_base] = value;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let first = vec3u(0, band.first, 0) + id * select(vec3u(1), vec3u(BLOCK), vec3<bool>(AXIS.x == 1, AXIS.y == 1, false));
  if (first.x >= band.width || first.y >= band.end) { return; }
  /*{TAPS}*/
}
