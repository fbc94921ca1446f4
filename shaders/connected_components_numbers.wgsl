// The number of each tree, at its root, in the order of the roots:
//
//     number(b) = |{ c ≤ b : root(c) = c }|   where root(b) = b
//
// 2  roots    ⌈H / 2⌉ × ⌈W / 2⌉ × 1, u32
// 3  counts   ⌈H / 2⌉ × 1 × 1, u32, of roots in each row
// 4  numbers  the shape of the roots, u32; only where a root is
// One invocation a row: [1, ⌈H / 2⌉, 1].

@group(0) @binding(2) var<storage, read> roots: array<u32>;
@group(0) @binding(3) var<storage, read> counts: array<u32>;
@group(0) @binding(4) var<storage, read_write> numbers: array<u32>;

@compute @workgroup_size(1, 16)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (y >= band.end) { return; }
  if (counts[y] == 0) { return; }
  var number = 0u;
  for (var above = 0u; above < y; above++) { number += counts[above]; }
  for (var x = 0u; x < band.width; x++) {
    let block = y * band.width + x;
    if (roots[block - band.base.x] == block) {
      number++;
      numbers[block - band.output_base] = number;
    }
  }
}
