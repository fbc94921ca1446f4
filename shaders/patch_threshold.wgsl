// Multi-Otsu threshold of each patch of a grey image, as the brightest grey value that the patch calls crack (the paper's eq. 5).
//
// A patch is stretched to its own range: with r = max − min and d = v − min, the bin of a value v is 255 d / r, rounded,
// halves up. Said without a division, so that it is the same on every device and exact for integers:
//
//     bin(v) > k   ⇔   (2 k + 1) r ≤ 510 d        in float32.
//
// Only the occupied bins of the histogram count. With N pixels and a sum of bins S in each class, the variance between the
// classes is greatest where
//
//     f(k1, k2) = S₀² / N₀ + S₁² / N₁ + S₂² / N₂        (two classes: f(k) = S₀² / N₀ + S₁² / N₁)
//
// is, and of equal maxima the lexicographically smallest (k1, k2) counts. Bins are taken relative to the patch's mean, rounded
// down, which changes f by a constant and keeps its digits. Of the pair only k1 is wanted.
//
// S² / N makes f a sum of path weights with the Monge property, of which the search uses two consequences:
// k1 ≤ k ≤ k2, where k is the best threshold of two classes; and the best k2 never decreases as k1 grows. So
// every STEP-th k1 up to k tries all k2, and each k1 between two of these tries only what lies between their best.
//
// f in float32 is off by less than e = 10 · 2⁻²⁴ of itself, and a k1 found so by less than 5 e. Where several k1 come within 64 · 2⁻²⁴
// of the maximum, a twentieth of the patches of a photo, they are compared in exact arithmetic.
//
// The result is the greatest float v with 510 d < (2 k1 + 1) r. A pixel is crack when all patches over it say so, that is
// when it is at most the minimum of their results. A patch with fewer occupied bins than classes gives the lowest float.
//
// 2  grey    H × W × 1
// 3  ranges  GH × GW × 2, minimum and negated maximum of each patch
// 4  cuts    GH × GW × 1, a grey value for each patch
// One workgroup a patch; patch (0, 0) starts at pixel −(size − stride) of both axes. Running sums overwrite the histogram, because
// OpenGL adapters zero workgroup memory word by word, which takes them long.

struct Params {
  size: u32,    // side of a patch
  stride: u32,
  width: u32,   // of the grey image
  height: u32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> grey: array<f32>;
@group(0) @binding(3) var<storage, read> ranges: array<f32>;
@group(0) @binding(4) var<storage, read_write> cuts: array<f32>;

override classes: u32 = 3;  // 2 or 3

const LANES = 32u;
const STEP = 16u;   // with three classes, every 16th k1 tries all k2
const CHUNK = 256 / LANES;
const NEAR = 1.0 - 64.0 / 16777216.0;
const NO_CRACK = -0x1.fffffep+127f;

var<workgroup> histogram: array<atomic<u32>, 256>;  // pixels of each bin, later running sums of the occupied bins
var<workgroup> chunks: array<vec3u, LANES>;         // pixels, sum of bins, occupied bins of CHUNK bins
var<workgroup> highest_of_two: atomic<u32>;         // maximum of f(k), as bits
var<workgroup> inverted_first: atomic<u32>;         // least and greatest k that come near it
var<workgroup> last: atomic<u32>;
var<workgroup> coarse: array<u32, 17>;              // best k2 of every STEP-th k1
var<workgroup> highest: atomic<u32>;                // maximum of f(k1, k2), as bits
var<workgroup> near: array<atomic<u32>, CHUNK>;     // bit k1 − 1 is set where the best of k1 comes near it

/*{SUMS}*/

// Unsigned integers in the order of the floats.
fn to_ordered(v: f32) -> u32 {
  let bits = bitcast<u32>(v);
  return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}

fn from_ordered(u: u32) -> f32 {
  return bitcast<f32>(select(~u, u & 0x7fffffffu, u >= 0x80000000u));
}

// S² / N of the class between two running sums.
fn part(low: vec2f, high: vec2f) -> f32 {
  let c = high - low;
  return c.y * c.y / c.x;
}

// S² / N of the last two classes, which begin at a and b.
fn two_parts(a: vec2f, b: vec2f, total: vec2f) -> f32 {
  let p = b - a;
  let q = total - b;
  return (p.y * p.y * q.x + q.y * q.y * p.x) / (p.x * q.x);
}

// A non-negative number: integer part, then six digits to the base 65536.
alias Digits = array<u32, 7>;

// Quotient below 65537 and remainder, n ≤ 65536: by floats, put right where it rounded to a neighbour. An integer division
// costs a software adapter twenty times as much.
fn divide(a: u32, n: u32) -> vec2u {
  var q = u32(f32(a) / f32(n));
  var r = i32(a - q * n);
  if (r < 0) { q--; r += i32(n); }
  if (r >= i32(n)) { q++; r -= i32(n); }
  return vec2u(q, u32(r));
}

// Adds S² / N to a number, digits beyond the last cut off.
fn add_part(number: ptr<function, Digits>, low: vec2f, high: vec2f) {
  let n = u32(high.x - low.x);
  let s = divide(u32(abs(high.y - low.y)), n);
  var d = divide(s.y * s.y, n);
  (*number)[0] += s.x * s.x * n + 2 * s.x * s.y + d.x;
  for (var i = 1; i < 7; i++) {
    d = divide(d.y << 16u, n);
    (*number)[i] += d.x;
  }
}

fn carry(number: ptr<function, Digits>) {
  for (var i = 6; i > 0; i--) {
    (*number)[i - 1] += (*number)[i] >> 16u;
    (*number)[i] &= 0xffffu;
  }
}

fn greater(a: ptr<function, Digits>, b: ptr<function, Digits>) -> bool {
  var result = false;
  for (var i = 6; i >= 0; i--) {
    result = select(result, (*a)[i] > (*b)[i], (*a)[i] != (*b)[i]);
  }
  return result;
}

// The smallest k1 with the exactly greatest f. Two different values of f differ by more than 2⁻⁸⁷ (the product of
// their denominators, each at most (65536 / 3)³); three parts cut off at 2⁻⁹⁶ deviate by less than 3 · 2⁻⁹⁶.
fn exact_best(m: u32, end: u32, limit: f32, mean: f32) -> u32 {
  let total = sums(m, mean);
  let last_k2 = select(1u, m - 1, classes == 3);
  var winner = 0u;
  var bar = Digits();
  var k1 = 0u;
  var k2 = m;
  while (k1 < end) {
    // On to the next pair near the maximum.
    var f = -1.0;
    while (f < limit && k1 < end) {
      k2++;
      if (k2 > last_k2) {
        k1++;
        while (k1 < end && ((atomicLoad(&near[(k1 - 1) / 32]) >> ((k1 - 1) % 32)) & 1) == 0) { k1++; }
        k2 = k1 + 1;
      }
      if (k1 < end) {
        let a = sums(k1, mean);
        f = part(vec2f(0.0), a);
        if (classes == 3) { f += two_parts(a, sums(k2, mean), total); } else { f += part(a, total); }
      }
    }
    if (k1 < end) {
      let a = sums(k1, mean);
      var value = Digits();  // said outright: naga leaves the last turn's value otherwise
      add_part(&value, vec2f(0.0), a);
      if (classes == 3) {
        let b = sums(k2, mean);
        add_part(&value, a, b);
        add_part(&value, b, total);
      } else {
        add_part(&value, a, total);
      }
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

// Along a mirrored axis of n pixels the pixel goes 0 1 … n−1 n−2 … 1 with this period, and t → min(t, period − t).
fn mirror_period(n: u32) -> u32 {
  return max(2 * (n - 1), 1);
}

// The place of coordinate i in that period. Remainders would be slow on a software adapter; the loop hardly ever turns, because only
// images smaller than a patch are mirrored twice.
fn mirror_place(i: i32, period: u32) -> u32 {
  var t = u32(abs(i));
  while (t >= period) { t -= period; }
  return select(t, period - t, i < 0 && t > 0);
}

@compute @workgroup_size(32, 1)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let y = band.first + group.y;
  let rows = mirror_period(params.height);
  let columns = mirror_period(params.width);
  let corner = vec2i(vec2u(group.x, y) * params.stride) - i32(params.size - params.stride);

  // Histogram. The bin comes from a product that may only be too small, by less than one, and is put right by comparison.
  let index = y * band.width + group.x;
  let minimum = ranges[2 * index - band.base.y];
  let maximum = -ranges[2 * index + 1 - band.base.y];
  let range = maximum - minimum;
  let scale = select(255.0 / range, 0.0, range == 0.0);
  for (var x = lane; x < params.size; x += LANES) {
    let c = mirror_place(corner.x + i32(x), columns);
    let column = min(c, columns - c) - band.base.x;
    var r = mirror_place(corner.y, rows);
    for (var v = corner.y; v < corner.y + i32(params.size); v++) {  // not from 0: see patch_threshold_ranges.wgsl
      let d = grey[min(r, rows - r) * params.width + column] - minimum;
      r = select(r + 1, 0, r + 1 == rows);
      let k = u32(d * scale + 0.499);
      let bin = k + u32(f32(2 * k + 1) * range <= 510.0 * d);
      atomicAdd(&histogram[min(bin, 255)], 1u);  // beyond 255 only where the image is not a number
    }
  }
  workgroupBarrier();

  // Running sums over the occupied bins, in the place of the histogram.
  var chunk = vec3u(0);
  var counts: array<u32, CHUNK>;
  for (var i = 0u; i < CHUNK; i++) {
    let n = atomicLoad(&histogram[lane * CHUNK + i]);
    counts[i] = n;
    chunk += vec3u(n, n * (lane * CHUNK + i), u32(n > 0));
  }
  chunks[lane] = chunk;
  workgroupBarrier();
  var before = vec3u(0);
  var all = vec3u(0);
  for (var i = 0u; i < LANES; i++) {
    before = select(before, all, i == lane);
    all += chunks[i];
  }
  for (var i = 0u; i < CHUNK; i++) {
    let n = counts[i];
    if (n > 0) {
      before += vec3u(n, n * (lane * CHUNK + i), 1);
      store_sums(before.z, before.x, before.y);
    }
  }
  workgroupBarrier();

  // Two classes. k, k1 and k2 count the occupied bins below them: 1 ≤ k < m.
  let m = all.z;
  let mean = floor(f32(all.y) / f32(all.x));
  let total = vec2f(f32(all.x), f32(all.y) - mean * f32(all.x));
  var best: array<f32, CHUNK>;
  var greatest = 0.0;
  for (var k = lane + 1; k < m; k += LANES) {
    let f = two_parts(vec2f(0.0), sums(k, mean), total);
    best[k / LANES] = f;
    greatest = max(greatest, f);
  }
  atomicMax(&highest_of_two, bitcast<u32>(greatest));
  workgroupBarrier();
  let limit_of_two = bitcast<f32>(atomicLoad(&highest_of_two)) * NEAR;
  for (var k = select(m, lane + 1, greatest >= limit_of_two); k < m; k += LANES) {
    if (best[k / LANES] >= limit_of_two) {
      atomicMax(&inverted_first, ~k);
      atomicMax(&last, k);
    }
  }
  workgroupBarrier();

  // Three classes: the best k2 for every STEP-th k1, then all k1.
  let first = ~atomicLoad(&inverted_first);
  let end = min(atomicLoad(&last) + 1, m + 2 - classes);
  if (classes == 3) {
    for (var i = lane; i * STEP + 1 < end; i += LANES) {
      let k1 = i * STEP + 1;
      let a = sums(k1, mean);
      var f = -1.0;
      var b = m - 1;
      for (var k2 = max(first, k1 + 1); k2 < m; k2++) {
        let g = two_parts(a, sums(k2, mean), total);
        b = select(b, k2, g > f);
        f = max(f, g);
      }
      coarse[i] = b;
    }
  }
  workgroupBarrier();
  greatest = 0.0;
  for (var k1 = lane + 1; k1 < end; k1 += LANES) {
    let a = sums(k1, mean);
    var f = 0.0;
    if (classes == 3) {
      let i = (k1 - 1) / STEP;
      let high = select(m - 1, coarse[i + 1], (i + 1) * STEP + 1 < end);
      for (var k2 = max(coarse[i], k1 + 1); k2 <= high; k2++) {
        f = max(f, two_parts(a, sums(k2, mean), total));
      }
    } else {
      f = part(a, total);
    }
    f += part(vec2f(0.0), a);
    best[k1 / LANES] = f;
    greatest = max(greatest, f);
  }
  atomicMax(&highest, bitcast<u32>(greatest));
  workgroupBarrier();
  let limit = bitcast<f32>(atomicLoad(&highest)) * NEAR;
  for (var k1 = select(end, lane + 1, greatest >= limit); k1 < end; k1 += LANES) {
    if (best[k1 / LANES] >= limit) { atomicOr(&near[(k1 - 1) / 32], 1u << ((k1 - 1) % 32)); }
  }
  workgroupBarrier();

  // The threshold as a grey value: bisection over the floats, which unlike a division finds the last that the comparison takes.
  if (lane == 0) {
    var cut = NO_CRACK;
    if (m >= classes) {
      var candidates = 0u;
      var k1 = 0u;
      for (var i = CHUNK; i > 0; i--) {
        let bits = atomicLoad(&near[i - 1]);
        candidates += countOneBits(bits);
        if (bits != 0) { k1 = (i - 1) * 32 + firstTrailingBit(bits) + 1; }
      }
      if (candidates > 1) { k1 = exact_best(m, end, limit, mean); }
      // The last bin of the first class, from what it adds to the running sums.
      var bin = sums(k1, 0.0);
      if (k1 > 1) { bin -= sums(k1 - 1, 0.0); }
      let bar = (2.0 * round(bin.y / bin.x) + 1.0) * range;
      var low = to_ordered(minimum);
      var high = to_ordered(maximum);
      while (high - low > 1) {
        let middle = low + (high - low) / 2;
        if (510.0 * (from_ordered(middle) - minimum) < bar) { low = middle; } else { high = middle; }
      }
      cut = from_ordered(low);
    }
    cuts[index - band.output_base] = cut;
  }
}
