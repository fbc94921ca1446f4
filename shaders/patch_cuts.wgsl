// Multi-Otsu threshold of each patch of a grey image, as the brightest value that the patch calls crack (the paper's eq. 5).
//
// A patch is stretched to its own range: with m = min, r = max − min and d = v − m, the bin of a value v is 255 d / r, rounded,
// halves up. Written without a division, so that it is the same on every device and exact for integers,
//
//     bin(v) > k   ⇔   (2 k + 1) r ≤ 510 d        in float32.
//
// Of the histogram only the occupied bins count. With N and S the number of pixels of a class and the sum of their bins,
// maximising the variance between the classes is maximising
//
//     f(k1, k2) = S₀² / N₀ + S₁² / N₁ + S₂² / N₂        (two classes: f(k1) = S₀² / N₀ + S₁² / N₁),
//
// and of equal maxima the lexicographically smallest (k1, k2) counts. Bins are taken relative to the patch's mean, rounded down,
// which changes f by a constant. Only k1 is wanted.
//
// The best k2 never decreases as k1 grows, so every STEP-th k1 searches all k2, and each k1 between two of them
// only from the best k2 of the one to that of the other. f is computed in float32, to within 2⁻²⁰ of itself; where several k1
// come within 2⁻¹⁷ of the maximum, they are compared exactly.
//
// The result does not call v crack where 510 d ≥ (2 k1 + 1) r. A pixel is crack when all patches over it say so: when
// it is at most the minimum of their results. A patch with fewer occupied bins than classes has no crack: lowest float.
//
// 2  grey  H × W × 1
// 3  cuts  GH × GW × 1, a grey value for each patch
// One workgroup a patch; patch (0, 0) starts at pixel −(size − stride) of both axes.

struct Params {
  size: u32,    // of a patch, pixels, at most 256: counts fit 16 bits, sums of bins 24
  stride: u32,
  width: u32,   // of the grey image
  height: u32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> grey: array<f32>;
@group(0) @binding(3) var<storage, read_write> cuts: array<f32>;

override classes: u32 = 3;

const LANES = 64u;
const STEP = 16u;     // k1 searched fully: every 16th
const CHUNK = 16u;    // bins that one invocation adds up
const NEAR = 1.0 - 1.0 / 131072.0;
const NO_CRACK = -0x1.fffffep+127f;

var<workgroup> columns: array<u32, 256>;           // of the patch, mirrored
var<workgroup> rows: array<u32, 256>;              // of the patch, mirrored, as index of their first value
var<workgroup> inverted_minimum: atomic<u32>;      // of the patch, as ordered bits, inverted because memory starts as zeros
var<workgroup> maximum: atomic<u32>;
var<workgroup> histogram: array<atomic<u32>, 256>;
var<workgroup> chunks: array<vec3u, 16>;           // pixels, sum of bins, occupied bins
var<workgroup> levels: array<u32, 256>;            // the occupied bins
var<workgroup> sums: array<vec2f, 257>;            // [i]: pixels and sum of bins of the occupied bins before i
var<workgroup> occupied: u32;
var<workgroup> coarse: array<u32, 17>;             // best k2 of every STEP-th k1
var<workgroup> best: array<f32, 256>;              // max over k2 of f(k1, k2)
var<workgroup> highest: atomic<u32>;               // maximum of best, as bits

// Unsigned integers in the order of the floats.
fn to_ordered(v: f32) -> u32 {
  let bits = bitcast<u32>(v);
  return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}

fn from_ordered(u: u32) -> f32 {
  return bitcast<f32>(select(~u, u & 0x7fffffffu, u >= 0x80000000u));
}

// S² / N of the occupied bins [from, to).
fn part(low: vec2f, high: vec2f) -> f32 {
  let c = high - low;
  return c.y * c.y / c.x;
}

// The best k2 in [from, to] for the classes [0, k1), [k1, k2), [k2, m), and its f less the first class's share.
fn search(k1: u32, low: u32, high: u32, total: vec2f) -> vec2f {
  let a = sums[k1];
  var result = vec2f(-1.0, 0.0);
  for (var k2 = low; k2 <= high; k2++) {
    let b = sums[k2];
    let f = part(a, b) + part(b, total);
    if (f > result.x) { result = vec2f(f, f32(k2)); }
  }
  return result;
}

// A non-negative number: integer part, then six digits to the base 65536.
alias Digits = array<u32, 7>;

// Adds S² / N to a number, digits beyond the last cut off.
fn add_part(number: ptr<function, Digits>, low: vec2f, high: vec2f) {
  let n = u32(high.x - low.x);
  let s = u32(abs(high.y - low.y));
  let q = s / n;
  var r = s % n;
  let square = r * r;
  (*number)[0] += q * q * n + 2 * q * r + square / n;
  r = square % n;
  for (var i = 1; i < 7; i++) {
    r <<= 16u;
    (*number)[i] += r / n;
    r %= n;
  }
}

fn carry(number: ptr<function, Digits>) {
  for (var i = 6; i > 0; i--) {
    (*number)[i - 1] += (*number)[i] >> 16u;
    (*number)[i] &= 0xffffu;
  }
}

fn greater(a: ptr<function, Digits>, b: ptr<function, Digits>) -> bool {
  for (var i = 0; i < 7; i++) {
    if ((*a)[i] != (*b)[i]) { return (*a)[i] > (*b)[i]; }
  }
  return false;
}

// The smallest k1 with the exactly greatest f. Two different values of f differ by more than 2⁻⁸⁷ (the product of
// their denominators, each at most (65536 / 3)³); three parts cut off at 2⁻⁹⁶ deviate by less than 3 · 2⁻⁹⁶.
fn exact_best(m: u32, limit: f32) -> u32 {
  let total = sums[m];
  var winner = 0u;
  var bar = Digits();
  for (var k1 = 1u; k1 + classes <= m + 1; k1++) {
    if (best[k1] < limit) { continue; }
    let a = sums[k1];
    let first = part(vec2f(0.0), a);
    let last = select(k1 + 1, m - 1, classes == 3);
    for (var k2 = k1 + 1; k2 <= last; k2++) {
      let b = select(total, sums[k2], classes == 3);
      var f = first + part(a, b);
      if (classes == 3) { f += part(b, total); }
      if (f < limit) { continue; }
      var value = Digits();  // said outright: naga leaves the last turn's value otherwise
      add_part(&value, vec2f(0.0), a);
      add_part(&value, a, b);
      if (classes == 3) { add_part(&value, b, total); }
      carry(&value);
      if (winner == 0 || greater(&value, &bar)) {
        winner = k1;
        bar = value;
        bar[6] += 4u;
        carry(&bar);
      }
    }
  }
  return winner;
}

@compute @workgroup_size(64, 1)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let y = band.first + group.y;
  let pixels = params.size * params.size;
  let origin = vec2i(i32(group.x), i32(y)) * i32(params.stride) - i32(params.size - params.stride);

  for (var i = lane; i < params.size; i += LANES) {
    columns[i] = mirror(origin.x + i32(i), params.width);
    rows[i] = mirror(origin.y + i32(i), params.height) * params.width - band.base.x;
  }
  workgroupBarrier();

  // Range.
  var lowest = 0x1.fffffep+127f;
  var brightest = NO_CRACK;
  for (var i = lane; i < pixels; i += LANES) {
    let v = grey[rows[i / params.size] + columns[i % params.size]];
    lowest = min(lowest, v);
    brightest = max(brightest, v);
  }
  atomicMax(&inverted_minimum, ~to_ordered(lowest));
  atomicMax(&maximum, to_ordered(brightest));
  workgroupBarrier();

  // Histogram: the bin by a division, put right where it rounded to a neighbour.
  let minimum = from_ordered(~atomicLoad(&inverted_minimum));
  let range = from_ordered(atomicLoad(&maximum)) - minimum;
  let scale = select(255.0 / range, 0.0, range == 0.0);
  for (var i = lane; i < pixels; i += LANES) {
    let d = grey[rows[i / params.size] + columns[i % params.size]] - minimum;
    let k = floor(d * scale + 0.5);
    let above = f32((2.0 * k + 1.0) * range <= 510.0 * d);
    let below = f32((2.0 * k - 1.0) * range > 510.0 * d);
    atomicAdd(&histogram[u32(k + above - below)], 1u);
  }
  workgroupBarrier();

  // Running sums over the occupied bins.
  if (lane < 256 / CHUNK) {
    var chunk = vec3u(0);
    for (var k = lane * CHUNK; k < lane * CHUNK + CHUNK; k++) {
      let n = atomicLoad(&histogram[k]);
      chunk += vec3u(n, n * k, u32(n > 0));
    }
    chunks[lane] = chunk;
  }
  workgroupBarrier();
  if (lane < 256 / CHUNK) {
    var before = vec3u(0);
    var all = vec3u(0);
    for (var i = 0u; i < 256 / CHUNK; i++) {
      if (i == lane) { before = all; }
      all += chunks[i];
    }
    let mean = all.y / pixels;
    for (var k = lane * CHUNK; k < lane * CHUNK + CHUNK; k++) {
      let n = atomicLoad(&histogram[k]);
      if (n > 0) {
        levels[before.z] = k;
        before += vec3u(n, n * k, 1);
        sums[before.z] = vec2f(f32(before.x), f32(i32(before.y) - i32(before.x * mean)));
      }
    }
    if (lane == 0) { occupied = all.z; }
  }
  workgroupBarrier();

  let m = occupied;
  let total = sums[m];
  // k1 and k2 count the occupied bins below them: 1 ≤ k1 < k2 < m.
  if (classes == 3) {
    for (var i = lane; i * STEP + 1 + 2 <= m; i += LANES) {
      coarse[i] = u32(search(i * STEP + 1, i * STEP + 2, m - 1, total).y);
    }
  }
  workgroupBarrier();
  var top = 0.0;
  for (var k1 = lane + 1; k1 + classes <= m + 1; k1 += LANES) {
    var f = part(vec2f(0.0), sums[k1]);
    if (classes == 3) {
      let i = (k1 - 1) / STEP;
      let high = select(m - 1, coarse[i + 1], (i + 1) * STEP + 1 + 2 <= m);
      f += search(k1, max(coarse[i], k1 + 1), high, total).x;
    } else {
      f += part(sums[k1], total);
    }
    best[k1] = f;
    top = max(top, f);
  }
  atomicMax(&highest, bitcast<u32>(top));
  workgroupBarrier();

  if (lane == 0) {
    var cut = NO_CRACK;
    if (m >= classes) {
      let limit = bitcast<f32>(atomicLoad(&highest)) * NEAR;
      var near = 0u;
      var k1 = 0u;
      for (var k = m + 1 - classes; k > 0; k--) {
        if (best[k] >= limit) {
          near++;
          k1 = k;
        }
      }
      if (near > 1) { k1 = exact_best(m, limit); }
      let bar = (2.0 * f32(levels[k1 - 1]) + 1.0) * range;
      var low = to_ordered(minimum);
      var high = atomicLoad(&maximum);
      while (high - low > 1) {
        let middle = low + (high - low) / 2;
        if (510.0 * (from_ordered(middle) - minimum) < bar) { low = middle; } else { high = middle; }
      }
      cut = from_ordered(low);
    }
    cuts[y * band.width + group.x - band.output_base] = cut;
  }
}
