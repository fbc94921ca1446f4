// Puts the corners of all simplices into a hash table with open addressing. Which of the entries of a lattice point stands for it is up to
// chance; nothing else depends on that.
//
// 2  simplices  H × W × 3, from colour_lattice_simplices.wgsl; all of it
// 3  table      slots, a power of two, u32: 0, or 1 + an entry (6 · pixel + c); all of it
// 4  corners    H × W × 6, u32: the slot of each entry
// One invocation a pixel: [W, H, 1].

struct Params {
  mask: u32,  // slots − 1
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> simplices: array<u32>;
@group(0) @binding(3) var<storage, read_write> table: array<atomic<u32>>;
@group(0) @binding(4) var<storage, read_write> corners: array<u32>;

/*{KEY}*/

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width || y >= band.end) { return; }
  for (var c = 0u; c < 6u; c++) {
    let entry = 6u * (y * band.width + id.x) + c;
    let key = key_of(entry);
    var slot = first_slot(key, params.mask);
    loop {
      var held = atomicLoad(&table[slot]);
      if (held == 0u) {
        let exchange = atomicCompareExchangeWeak(&table[slot], 0u, entry + 1u);
        if (exchange.exchanged) { break; }
        // Somebody else was quicker, or nobody was and it is to be tried again.
        held = exchange.old_value;
        if (held == 0u) { continue; }
      }
      if (all(key_of(held - 1u) == key)) { break; }
      slot = (slot + 1u) & params.mask;
    }
    corners[entry - band.output_base] = slot;
  }
}
