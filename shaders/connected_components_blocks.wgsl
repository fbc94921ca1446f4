// Blocks of 2 × 2 pixels: all crack of one belongs to one piece, 8-connected as pieces are. Blocks of a word that touch from one to the next
// below make a tree, whose root is the highest:
//
//     parent(b) = the highest block from which crack goes down to b without a gap; NONE if b has no crack
//
// 2  bits     ⌈H / 32⌉ × W × 1, u32, of the mask (mask_bits.wgsl)
// 3  parents  ⌈H / 2⌉ × ⌈W / 2⌉ × 1, u32; all of it in one band
// One invocation 16 blocks: [⌈W / 2⌉, ⌈H / 32⌉, 1].

struct Params {
  width: u32,  // of the mask
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> bits: array<u32>;
@group(0) @binding(3) var<storage, read_write> parents: array<u32>;

const NONE = 0xffffffffu;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= band.width || 16 * id.y >= band.height) { return; }
  let word = id.y * params.width;
  // Past the last column the last one is looked at again.
  let pixels = bits[word + 2 * id.x] | bits[word + min(2 * id.x + 1, params.width - 1)];
  var parent = NONE;
  for (var i = 0u; i < min(16u, band.height - 16 * id.y); i++) {
    let block = (16 * id.y + i) * band.width + id.x;
    let own = (pixels >> (2 * i)) & 3;
    // Its first row, and the last one of the block above.
    let touches = i > 0 && ((pixels >> (2 * i)) & (pixels >> (2 * max(i, 1) - 1)) & 1) == 1;
    if (own == 0) {
      parent = NONE;
    } else if (!touches) {
      parent = block;
    }
    parents[block] = parent;
  }
}
