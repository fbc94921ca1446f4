// Histograms of a prediction's values in strips of rows, one for the pixels whose truth is background and one for those whose truth is crack:
//
//     counts(s, 100 c + b) = pixels in the rows [s · strip, (s + 1) · strip) with truth c and b / 100 ≤ value < (b + 1) / 100
//     b = 0 takes lower values, too, and b = 99 higher ones
//
// Every threshold t = b / 100 at once: TP is the sum of the crack bins from b on, FP that of the background bins from b on.
//
// Values are binned by their bits, in whole numbers, so that value ≥ t is what float32 says of them. A value is m 2^(e − 150), m of 24 bits,
// and passes t = k / 100 rounded to float32 just where it does not lie below k / 100 by more than half of its own last place: where
// (2 m + 1) 2^(e − 151) ≥ k / 100, both sides never being equal. So b = ⌊100 (2 m + 1) 2^(e − 120) / 2³¹⌋, taken in two parts because
// the product has 38 bits. Of the values j / 255 and k / 100 float64 says the same, since both keep the order of such fractions.
//
// 2  prediction  H × W × 1, 0..1
// 3  truth       H × W × 1, 0 for background, positive for crack
// 4  counts      ⌈H / strip⌉ × 203 × 1, u32 bit patterns; bins 200 to 202 count what cannot be judged and stands in no other bin:
//                predictions beyond 0..1 by more than 0.001, predictions that are NaN, truths that are NaN or negative
// One workgroup a strip, which counts in its own memory first.

struct Params {
  values: u32,  // of a strip: strip · W
  total: u32,   // H · W
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> prediction: array<u32>;
@group(0) @binding(3) var<storage, read> truth: array<u32>;
@group(0) @binding(4) var<storage, read_write> counts: array<u32>;

const LANES = 64u;
const WIDTH = 203u;
const OUTSIDE = 200u;
const NOT_A_NUMBER = 201u;
const WRONG_TRUTH = 202u;

const SIGN = 0x80000000u;
const INFINITY = 0x7f800000u;
const ABOVE_ONE = 0x3f8020c5u;   // 1.001
const BELOW_ZERO = 0x3a83126fu;  // 0.001

var<workgroup> histogram: array<atomic<u32>, WIDTH>;

fn bin(value: u32) -> u32 {
  let exponent = value >> 23;  // 511 at most; from 256 on where negative
  let shift = clamp(exponent, 120u, 127u) - 120;
  let y = (2 * ((value & 0x7fffff) | 0x800000) + 1) << shift;
  let b = min((100 * (y >> 11) + ((100 * (y & 2047)) >> 11)) >> 20, 99);
  // Below 2⁻⁷ is below 0.01.
  return select(0, b, exponent >= 120 && exponent <= 127);
}

fn place(value: u32, mask: u32) -> u32 {
  let magnitude = value & ~SIGN;
  let crack = (mask & ~SIGN) != 0;
  var found = bin(value) + select(0u, 100u, crack);
  if (magnitude > select(ABOVE_ONE, BELOW_ZERO, value != magnitude)) { found = OUTSIDE; }
  if (magnitude > INFINITY) { found = NOT_A_NUMBER; }
  if (crack && mask > INFINITY) { found = WRONG_TRUTH; }
  return found;
}

@compute @workgroup_size(64, 1)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let strip = band.first + group.y;
  let first = strip * params.values;
  let end = min(first + params.values, params.total);
  // Most pixels are background predicted as such; the invocations would stand in line for their bin.
  var zeros = 0u;
  for (var i = first + lane; i < end; i += LANES) {
    let found = place(prediction[i - band.base.x], truth[i - band.base.y]);
    if (found == 0) { zeros++; } else { atomicAdd(&histogram[found], 1u); }
  }
  atomicAdd(&histogram[0], zeros);
  workgroupBarrier();
  for (var b = lane; b < WIDTH; b += LANES) {
    counts[strip * WIDTH + b - band.output_base] = atomicLoad(&histogram[b]);
  }
}
