// Exact Euclidean distance of each crack pixel to the nearest background pixel, centre to centre:
//
//     d²(x, y) = min_u { (u − x)² + g²(u, y) },   g² of distance_transform_columns.wgsl
//
// A u with (u − x)² ≥ the least so far cannot lower it, and neither can 32 of them whose least g² is too great: background pixels end
// at once, those of a crack look as far as their own distance, and those of large areas pass over most of the row.
//
// 2  squares    H × W × 1, u32
// 3  minima     H × ⌈W / 32⌉ × 1, u32, of distance_transform_minima.wgsl
// 4  distances  H × W × 1, pixels; 0 on background, ∞ where there is none in the whole mask
// One invocation a pixel.

struct Params {
  infinity: u32,  // its bits: WGSL has no word for it
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> squares: array<u32>;
@group(0) @binding(3) var<storage, read> minima: array<u32>;
@group(0) @binding(4) var<storage, read_write> distances: array<f32>;

// Greater than any square of a distance, and NONE + d² still fits.
const NONE = 0x7fffffffu;
// Pixels on each side that are looked at one by one.
const NEAR = 16u;

// The least of 32 pixels of a row with their distance from x, if they can lower `least`.
fn lowered(least: u32, x: u32, y: u32, k: u32) -> u32 {
  let first = 32 * k;
  let end = min(first + 32, band.width);
  let gap = max(max(x, first) - x, x - min(x, end - 1));
  let blocks = (band.width + 31) / 32;
  if (gap * gap + minima[y * blocks + k - band.base.y] >= least) { return least; }
  var found = least;
  for (var u = first; u < end; u++) {
    let across = max(x, u) - min(x, u);
    found = min(found, across * across + squares[y * band.width + u - band.base.x]);
  }
  return found;
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let y = band.first + id.y;
  if (x >= band.width || y >= band.end) { return; }
  let row = y * band.width - band.base.x;
  var least = squares[row + x];
  // Past an edge the edge's own pixel is looked at again, at more than its distance: that changes nothing.
  for (var d = 1u; d <= NEAR && d * d < least; d++) {
    let left = squares[row + x - min(d, x)];
    let right = squares[row + min(x + d, band.width - 1)];
    least = min(least, d * d + min(left, right));
  }
  if (NEAR * NEAR < least) {
    let k = x / 32;
    let last = (band.width - 1) / 32;
    least = lowered(least, x, y, k);
    // The nearest pixel of those `away` places to a side is 32 away − 31 pixels off at least.
    for (var away = 1u; away <= last && (32 * away - 31) * (32 * away - 31) < least; away++) {
      if (away <= k) { least = lowered(least, x, y, k - away); }
      if (k + away <= last) { least = lowered(least, x, y, k + away); }
    }
  }
  distances[y * band.width + x - band.output_base] =
    select(sqrt(f32(least)), bitcast<f32>(params.infinity), least >= NONE);
}
