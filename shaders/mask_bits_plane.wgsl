// The mask that mask_bits.wgsl made words of:
//
//     mask(x, 32 b + i) = bit i of bits(x, b)
//
// 2  bits  ⌈H / 32⌉ × W × 1, u32
// 3  mask  H × W × 1, 0 or 1
// One invocation a word.

@group(0) @binding(2) var<storage, read> bits: array<u32>;
@group(0) @binding(3) var<storage, read_write> mask: array<f32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let b = band.first / 32 + id.y;
  let end = min(band.end, 32 * b + 32);
  if (x >= band.width || 32 * b >= band.end) { return; }
  let word = bits[b * band.width + x - band.base.x];
  for (var y = max(band.first, 32 * b); y < end; y++) {
    mask[y * band.width + x - band.output_base] = f32((word >> (y % 32)) & 1);
  }
}
