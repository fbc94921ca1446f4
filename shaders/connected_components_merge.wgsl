// Joins the trees of neighbouring blocks whose crack touches. The root of a tree is the least of its blocks:
//
//     union(a, b): a ← root(a), b ← root(b); the greater one gets the lesser as its parent, again if another was quicker
//
// S. Allegretti, F. Bolelli, C. Grana, Optimized block-based algorithms to label connected components on GPUs (2020),
// doi:10.1109/TPDS.2019.2934683, have blocks and this union. Within a word, blocks that touch from one to the next below are of one tree already
// (connected_components_blocks.wgsl): where two columns of blocks run side by side, only their first contact joins anything.
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

// The lower of the two bits that a block has in a word.
const BLOCKS = 0x55555555u;

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

// Blocks of which a column has a pixel.
fn occupied(pixels: u32) -> u32 { return (pixels | (pixels >> 1)) & BLOCKS; }

// Blocks that touch the one above them in a word, of columns that lie in one block.
fn hanging(pixels: u32) -> u32 { return pixels & (pixels << 1) & BLOCKS; }

// Joins each of some blocks of a column, of which a bit is set, to another so far from it.
fn join_all(blocks: u32, first: u32, to: u32) {
  var left = blocks;
  while (left != 0) {
    let block = first + countTrailingZeros(left) / 2 * band.width;
    left &= left - 1;
    join(block, block + to);
  }
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= band.width || 16 * id.y >= band.height) { return; }
  let x = 2 * id.x;
  let left = column(x, id.y);
  let right = column(x + 1, id.y);
  if ((left | right) == 0) { return; }
  // Left of the first column x − 1 and x − 2 are past the last one.
  let far_left = column(x - 1, id.y);
  let far_right = column(x + 2, id.y);
  let own_hang = hanging(left | right);
  let left_hang = hanging(far_left | column(x - 2, id.y));
  let right_hang = hanging(far_right | column(x + 3, id.y));
  // Blocks that touch the one beside them, and those below such a one.
  let beside_left = occupied(left) & occupied(far_left);
  let beside_right = occupied(right) & occupied(far_right);
  let below_left = beside_left << 2;
  let below_right = beside_right << 2;
  // Bit 0 is of the last row above the word.
  let above = BLOCKS & (left | right) & (last_above(x, id.y) | last_above(x + 1, id.y));
  let above_left = BLOCKS & left & ((far_left << 1) | last_above(x - 1, id.y));
  let above_right = BLOCKS & right & ((far_right << 1) | last_above(x + 2, id.y));

  let first = 16 * id.y * band.width + id.x;
  join_all(above, first, 0 - band.width);
  join_all(beside_left & ~(below_left & own_hang & left_hang), first, 0xffffffffu);
  join_all(above_left & ~(below_left & own_hang) & ~(beside_left & left_hang), first, 0 - band.width - 1);
  join_all(above_right & ~(below_right & own_hang) & ~(beside_right & right_hang), first, 1 - band.width);
}
