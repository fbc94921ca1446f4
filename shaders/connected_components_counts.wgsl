// How many trees have their root in each row of blocks:
//
//     counts(y) = |{ b in row y : root(b) = b }|
//
// 2  roots   ⌈H / 2⌉ × ⌈W / 2⌉ × 1, u32
// 3  counts  ⌈H / 2⌉ × 1 × 1, u32
// One invocation a row: [1, ⌈H / 2⌉, 1].

struct Params {
  width: u32,  // of the roots
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> roots: array<u32>;
@group(0) @binding(3) var<storage, read_write> counts: array<u32>;

@compute @workgroup_size(1, 16)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (y >= band.end) { return; }
  var count = 0u;
  for (var block = y * params.width; block < (y + 1) * params.width; block++) {
    count += u32(roots[block - band.base.x] == block);
  }
  counts[y - band.output_base] = count;
}
