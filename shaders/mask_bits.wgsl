// A mask as bits, 32 rows of a column in a word, so that one operation on words is one on 32 pixels:
//
//     bit i of bits(x, b) = mask(x, 32 b + i) > 0,   0 past the last row
//
// 2  mask  H × W × 1
// 3  bits  ⌈H / 32⌉ × W × 1, u32
// One invocation a word.

struct Params {
  height: u32,  // of the mask
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> mask: array<f32>;
@group(0) @binding(3) var<storage, read_write> bits: array<u32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let b = band.first + id.y;
  if (x >= band.width || b >= band.end) { return; }
  let rows = min(32u, params.height - 32 * b);
  var word = 0u;
  for (var i = 0u; i < rows; i++) {
    word |= u32(mask[(32 * b + i) * band.width + x - band.base.x] > 0) << i;
  }
  bits[b * band.width + x - band.output_base] = word;
}
