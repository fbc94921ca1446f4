// One of the four passes that make the Hessian of a smoothed plane: along one axis, each channel of the result is a channel of the source
// smoothed (S) or derived (D) by a Gaussian of s pixels, cut off after R taps.
//
//     S[f](x) = f(x) + Σ_{k=1}^{R} w_k (f(x + k) + f(x − k) − 2 f(x))      w_k = exp(−k² / 2s²) / Σ_{|j| ≤ R} exp(−j² / 2s²)
//     D[f](x) = Σ_{k=1}^{R} (k / s²) w_k (f(x + k) − f(x − k))
//
// which are the weighted sums as they are usually written, but exact where f is flat: no derivative is made of rounding. Outside, f is
// mirrored with its edge repeated: … 1 0 | 0 1 … n−1 | n−1 n−2 …
//
// 2  source   H × W × C, any unit
// 3  weights  1 × R × 2: w_k and k w_k / s² of k = 1 … R
// 4  result   H × W × C′, the source's unit, each derivative a pixel⁻¹ more
// One invocation a block of BLOCK pixels along the axis, whose taps it loads once for all of them; a block may reach over the image or the band,
// where nothing is stored. core/kernels/hessian.ts fills the marks.

struct Params {
  taps: i32,  // R
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> result: array<f32>;

const ALONG = /*{ALONG}*/;
const BLOCK = /*{BLOCK}*/u;

// Mirrors an index at the border, the edge repeated.
fn border(i: i32, n: u32) -> u32 {
  /*{BORDER}*/
}

// Where the pixel `offset` along the axis from the block's first begins in `source`.
fn at(first: vec2u, offset: i32) -> u32 {
  return /*{PLACE}*/ - band.base.x;
}

// Where the block's pixel `b` begins in `result`, if it is stored.
fn out(first: vec2u, b: u32) -> u32 {
  let place = first + b * ALONG;
  return (place.y * band.width + place.x) * band.channels - band.output_base;
}

fn stored(first: vec2u, b: u32) -> bool {
  let place = first + b * ALONG;
  return place.x < band.width && place.y < band.end;
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let first = vec2u(0, band.first) + id.xy * (vec2u(1) + (BLOCK - 1) * ALONG);
  if (first.x >= band.width || first.y >= band.end) { return; }
  /*{START}*/
  for (var k = 1; k <= params.taps; k++) {
    let smooth_weight = weights[2 * k - 2];
    let slope_weight = weights[2 * k - 1];
    let before = at(first, -k);
    let behind = at(first, k + i32(BLOCK) - 1);
    /*{ADD}*/
  }
  /*{STORE}*/
}
