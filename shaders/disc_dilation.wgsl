// Grey-level dilation by a disc: the maximum over all pixels at a Euclidean distance of at most r.
//
//     D[I](p) = max_{dx² + dy² ≤ r²} I(p + (dx, dy)) = max_{|dy| ≤ r} max_{|dx| ≤ w(dy)} I(p + (dx, dy)),   w(dy) = ⌊√(r² − dy²)⌋
//
// The maximum of the 2 w + 1 pixels of a row is that of the first 2^k and the last 2^k of them, 2^k ≤ 2 w + 1 < 2^(k + 1), from row_maxima.wgsl.
//
// What is outside the image is ignored. To repeat the edge pixel there does the same: it lies nearer to p than the pixel it stands for.
//
// 2  maxima  H × ((W + r) · levels) × 1, of the windows that begin at −r … W − 1
// 3  result  H × W × 1
// One invocation a pixel.

struct Params {
  radius: i32,
  levels: u32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> maxima: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let y = band.first + id.y;
  if (x >= band.width || y >= band.end) { return; }
  let r = params.radius;
  let starts = band.width + u32(r);
  var w = 0;
  var largest = -3.4028234663852886e38;  // the least float32
  for (var dy = -r; dy <= r; dy++) {
    // In whole numbers, from row to row: a square root may err.
    while ((w + 1) * (w + 1) + dy * dy <= r * r) { w++; }
    while (w * w + dy * dy > r * r) { w--; }
    let k = firstLeadingBit(u32(2 * w + 1));
    let row = u32(clamp(i32(y) + dy, 0, i32(band.height) - 1)) * starts * params.levels + k * starts - band.base.x;
    let first = x + u32(r - w);
    largest = max(largest, max(maxima[row + first], maxima[row + first + u32(2 * w + 1) - (1u << k)]));
  }
  result[y * band.width + x - band.output_base] = largest;
}
