// The root of each block's tree:
//
//     root(b) = b if parent(b) = b, root(parent(b)) otherwise; NONE without crack
//
// 2  parents  ⌈H / 2⌉ × ⌈W / 2⌉ × 1, u32, of connected_components_merge.wgsl
// 3  roots    the same shape, u32
// One invocation a block.

@group(0) @binding(2) var<storage, read> parents: array<u32>;
@group(0) @binding(3) var<storage, read_write> roots: array<u32>;

const NONE = 0xffffffffu;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width || y >= band.end) { return; }
  let block = y * band.width + id.x;
  var at = block;
  var parent = parents[at];
  while (parent != at && parent != NONE) {
    at = parent;
    parent = parents[at];
  }
  roots[block - band.output_base] = select(at, NONE, parent == NONE);
}
