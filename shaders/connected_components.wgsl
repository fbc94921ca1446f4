// The number of the piece that each crack pixel belongs to:
//
//     label(x, y) = number(root(⌊x / 2⌋, ⌊y / 2⌋)) where mask(x, y) = 1, 0 elsewhere
//
// 2  bits     ⌈H / 32⌉ × W × 1, u32, of the mask
// 3  roots    ⌈H / 2⌉ × ⌈W / 2⌉ × 1, u32
// 4  numbers  the same shape, u32
// 5  labels   H × W × 1, integers from 1; zero before
// One invocation a word of bits.

@group(0) @binding(2) var<storage, read> bits: array<u32>;
@group(0) @binding(3) var<storage, read> roots: array<u32>;
@group(0) @binding(4) var<storage, read> numbers: array<u32>;
@group(0) @binding(5) var<storage, read_write> labels: array<f32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let b = band.first / 32 + id.y;
  if (x >= band.width || 32 * b >= band.end) { return; }
  let first = max(band.first, 32 * b) % 32;
  let end = min(band.end, 32 * b + 32) - 32 * b;
  let blocks = (band.width + 1) / 2;
  var word = extractBits(bits[b * band.width + x - band.base.x], first, end - first) << first;
  while (word != 0) {
    let y = 32 * b + countTrailingZeros(word);
    word &= word - 1;
    let label = numbers[roots[(y / 2) * blocks + x / 2 - band.base.y]];
    labels[y * band.width + x - band.output_base] = f32(label);
  }
}
