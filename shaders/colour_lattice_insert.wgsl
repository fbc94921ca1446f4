// Puts the corners of all simplices into a hash table with open addressing, numbers the lattice points from 1 on, and counts the entries of each.
// Which entry of a point stands for it, and which number it has, is up to chance; nothing else depends on that.
//
// 2  simplices  H × W × 4, from colour_lattice_simplices.wgsl; all of it
// 3  table      slots, a power of two, u32: 0, or 1 + an entry (6 · pixel + c); all of it
// 4  count      1, u32: points so far
// 5  places     u32: the slot of each number; all of it
// 6  points     slots × 2, u32: number and count of entries; all of it
// 7  entries    H × W × 12: of the corners the slots
// One invocation a pixel: [W, H, 1].

struct Params {
  mask: u32,  // slots − 1
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> simplices: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> table: array<atomic<u32>>;
@group(0) @binding(4) var<storage, read_write> count: array<atomic<u32>>;
@group(0) @binding(5) var<storage, read_write> places: array<u32>;
@group(0) @binding(6) var<storage, read_write> points: array<atomic<u32>>;
@group(0) @binding(7) var<storage, read_write> entries: array<vec4u>;

/*{KEY}*/

fn insert(key: vec3u, entry: u32) -> u32 {
  var slot = first_slot(key, params.mask);
  loop {
    var held = atomicLoad(&table[slot]);
    if (held == 0u) {
      let exchange = atomicCompareExchangeWeak(&table[slot], 0u, entry + 1u);
      if (exchange.exchanged) {
        let number = 1u + atomicAdd(&count[0], 1u);
        places[number] = slot;
        atomicStore(&points[2u * slot], number);
        break;
      }
      // Somebody else was quicker, or nobody was and it is to be tried again.
      held = exchange.old_value;
      if (held == 0u) { continue; }
    }
    if (all(key_of(held - 1u) == key)) { break; }
    slot = (slot + 1u) & params.mask;
  }
  atomicAdd(&points[2u * slot + 1u], 1u);
  return slot;
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width || y >= band.end) { return; }
  let pixel = y * band.width + id.x;
  let simplex = simplices[pixel];
  var slots: array<u32, 6>;
  for (var c = 0u; c < 6u; c++) { slots[c] = insert(corner_of(simplex, c), 6u * pixel + c); }
  let to = 3u * pixel - band.output_base / 4u;
  entries[to] = vec4u(slots[0], slots[1], slots[2], slots[3]);
  entries[to + 1u].x = slots[4];
  entries[to + 1u].y = slots[5];
}
