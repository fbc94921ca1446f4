// Joins the trees of neighbouring blocks whose crack touches. The root of a tree is the least of its blocks:
//
//     union(a, b): a ← root(a), b ← root(b); the greater one gets the lesser as its parent, again if another was quicker
//
// S. Allegretti, F. Bolelli, C. Grana, Optimized block-based algorithms to label connected components on GPUs (2020),
// doi:10.1109/TPDS.2019.2934683, have blocks and this union.
//
// 2  bits     ⌈H / 32⌉ × W × 1, u32, of the mask
// 3  parents  ⌈H / 2⌉ × ⌈W / 2⌉ × 1, u32, of connected_components_blocks.wgsl; all of it in one band
// One invocation 16 blocks, as in connected_components_blocks.wgsl.

struct Params {
  width: u32,  // of the mask
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> bits: array<u32>;
@group(0) @binding(3) var<storage, read_write> parents: array<atomic<u32>>;

fn root(block: u32) -> u32 {
  var at = block;
  var parent = atomicLoad(&parents[at]);
  while (parent != at) {
    at = parent;
    parent = atomicLoad(&parents[at]);
  }
  return at;
}

fn join(one: u32, other: u32) {
  var a = root(one);
  var b = root(other);
  while (a != b) {
    let greater = max(a, b);
    let lesser = min(a, b);
    let was = atomicMin(&parents[greater], lesser);
    if (was == greater) { return; }
    // Somebody else had joined the greater one to another tree: that one is to be joined now.
    a = root(was);
    b = root(lesser);
  }
}

// A column of pixels in a word; 0 outside.
fn column(x: u32, b: u32) -> u32 {
  if (x >= params.width) { return 0; }
  return bits[b * params.width + x];
}

// The last row of the word above it.
fn last_above(x: u32, b: u32) -> u32 {
  if (x >= params.width || b == 0) { return 0; }
  return bits[(b - 1) * params.width + x] >> 31;
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= band.width || 16 * id.y >= band.height) { return; }
  let x = 2 * id.x;
  let left = column(x, id.y);
  let right = column(x + 1, id.y);
  if ((left | right) == 0) { return; }
  // Left of the first column x − 1 is past the last one.
  let far_left = column(x - 1, id.y);
  let far_right = column(x + 2, id.y);
  // Each pixel in the place of the one below it: bit 0 is the last row above the word.
  let above = ((left | right) << 1) | last_above(x, id.y) | last_above(x + 1, id.y);
  let above_left = (far_left << 1) | last_above(x - 1, id.y);
  let above_right = (far_right << 1) | last_above(x + 2, id.y);
  for (var i = 0u; i < min(16u, band.height - 16 * id.y); i++) {
    let block = (16 * id.y + i) * band.width + id.x;
    let shift = 2 * i;
    let own = ((left | right) >> shift) & 3;
    if (own == 0) { continue; }
    let own_left = ((left >> shift) & 3) != 0;
    if (own_left && ((far_left >> shift) & 3) != 0) { join(block, block - 1); }
    // Within a word the block above is in the tree already.
    if (i == 0 && (own & 1) != 0 && (above & 1) != 0) { join(block, block - band.width); }
    if (((left >> shift) & 1) != 0 && ((above_left >> shift) & 1) != 0) { join(block, block - band.width - 1); }
    if (((right >> shift) & 1) != 0 && ((above_right >> shift) & 1) != 0) { join(block, block - band.width + 1); }
  }
}
