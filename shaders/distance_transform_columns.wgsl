// Squared distance of each crack pixel to the nearest background pixel of its column, from a mask as bits (mask_bits.wgsl):
//
//     g²(x, y) = min_v { (v − y)² : mask(x, v) = 0 },   NONE where the column has no background
//
// Background is sought above and below each word, 32 rows at a time; between them, from row to row.
//
// 2  bits     ⌈H / 32⌉ × W × 1, u32
// 3  squares  H × W × 1, u32
// One invocation a word.

struct Params {
  word_rows: u32,  // ⌈H / 32⌉
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> bits: array<u32>;
@group(0) @binding(3) var<storage, read_write> squares: array<u32>;

const NONE = 0x7fffffff;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let b = band.first / 32 + id.y;
  if (x >= band.width || 32 * b >= band.end) { return; }
  let word = bits[b * band.width + x - band.base.x];
  var above = -NONE;
  var below = NONE;
  if (word != 0) {
    for (var a = b; a > 0 && above < 0; a--) {
      let zeros = ~bits[(a - 1) * band.width + x - band.base.x];
      if (zeros != 0) { above = i32(32 * (a - 1) + firstLeadingBit(zeros)); }
    }
    for (var a = b + 1; a < params.word_rows && below == NONE; a++) {
      let zeros = ~bits[a * band.width + x - band.base.x];
      if (zeros != 0) { below = i32(32 * a + firstTrailingBit(zeros)); }
    }
    // Zeros past the last row are no background.
    if (below >= i32(band.height)) { below = NONE; }
  }
  for (var y = 32 * b; y < min(32 * b + 32, band.end); y++) {
    let i = y % 32;
    let here = i32(y);
    var square = 0;
    if (((word >> i) & 1) == 0) {
      above = here;
    } else {
      let zeros = ~word >> i;
      var next = below;
      if (zeros != 0 && here + i32(firstTrailingBit(zeros)) < i32(band.height)) { next = here + i32(firstTrailingBit(zeros)); }
      square = NONE;
      if (above >= 0) { square = (here - above) * (here - above); }
      if (next < NONE) { square = min(square, (next - here) * (next - here)); }
    }
    if (y >= band.first) { squares[y * band.width + x - band.output_base] = u32(square); }
  }
}
