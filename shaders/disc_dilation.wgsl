// Grey-level dilation by a disc: the maximum over all pixels at a Euclidean distance of at most r.
//
//     D[I](p) = max_{dx² + dy² ≤ r²} I(p + (dx, dy)) = max_{|dy| ≤ r} max_{|dx| ≤ w(dy)} I(p + (dx, dy)),   w(dy) = ⌊√(r² − dy²)⌋
//
// The maximum of the 2 w + 1 pixels of a row is that of the first 2^k and the last 2^k of them, 2^k ≤ 2 w + 1 < 2^(k + 1), from disc_dilation_rows.wgsl.
//
// What is outside the image is ignored. To repeat the edge pixel there does the same: it lies nearer to p than the pixel it stands for.
//
// 2  maxima  H × ((W + r) · LEVELS) × 1, of the pieces that begin at −r … W − 1
// 3  result  H × W × 1
// One invocation a pixel. core/kernels/disc_dilation.ts writes the taps.

@group(0) @binding(2) var<storage, read> maxima: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

const REACH = /*{REACH}*/u;
const LEVELS = /*{LEVELS}*/u;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let y = i32(band.first + id.y);
  if (x >= band.width || y >= i32(band.end)) { return; }
  let starts = band.width + REACH;
  let pitch = starts * LEVELS;
  let last = i32(band.height) - 1;
  let column = x - band.base.x;
  var largest = maxima[u32(y) * pitch + column + REACH];
  var row = 0u;
  /*{TAPS}*/
  result[u32(y) * band.width + x - band.output_base] = largest;
}
