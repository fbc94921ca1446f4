// Numbers lattice points, from 1 on, in any order.
//
// 2  table    slots, u32, from colour_lattice_insert.wgsl
// 3  count    1, u32: points so far
// 4  numbers  slots, u32: the number of each point, at its slot; 0 at empty ones
// 5  owners   u32: of each number the entry that stands for the point; all of it
// One invocation a slot, in rows of `width`.

struct Params {
  width: u32,
  slots: u32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> table: array<u32>;
@group(0) @binding(3) var<storage, read_write> count: array<atomic<u32>>;
@group(0) @binding(4) var<storage, read_write> numbers: array<u32>;
@group(0) @binding(5) var<storage, read_write> owners: array<u32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.y * params.width + id.x;
  if (id.x >= params.width || slot >= params.slots) { return; }
  let held = table[slot];
  var number = 0u;
  if (held > 0u) {
    number = 1u + atomicAdd(&count[0], 1u);
    owners[number] = held - 1u;
  }
  numbers[slot] = number;
}
