// How many trees have their root in each row of blocks:
//
//     counts(y) = |{ b in row y : root(b) = b }|
//
// Roots are few: hardly any invocation writes.
//
// 2  roots   ⌈H / 2⌉ × ⌈W / 2⌉ × 1, u32
// 3  counts  ⌈H / 2⌉ × 1 × 1, u32, zero before
// One invocation a block: [⌈W / 2⌉, ⌈H / 2⌉, 1].

struct Params {
  width: u32,  // of the roots
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> roots: array<u32>;
@group(0) @binding(3) var<storage, read_write> counts: array<atomic<u32>>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= params.width || y >= band.end) { return; }
  let block = y * params.width + id.x;
  if (roots[block - band.base.x] == block) { atomicAdd(&counts[y - band.output_base], 1u); }
}
