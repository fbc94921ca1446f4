// The two neighbours of each lattice point along one of six directions: a step along direction j adds 1 to all coordinates but the j-th, which
// loses 5. Whoever finds the point there is the one that lies behind that.
//
// 2  simplices   H × W × 3, u32; all of it
// 3  table       slots, u32; all of it
// 4  numbers     slots, u32; all of it
// 5  owners      u32; all of it
// 6  neighbours  a point × 2, u32: numbers behind and ahead; 0, which they all are before, where there is no such point;
//                all of it
// One invocation a point, in rows of `width`.

struct Params {
  mask: u32,       // slots − 1
  width: u32,
  points: u32,
  direction: u32,  // j
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> simplices: array<u32>;
@group(0) @binding(3) var<storage, read> table: array<u32>;
@group(0) @binding(4) var<storage, read> numbers: array<u32>;
@group(0) @binding(5) var<storage, read> owners: array<u32>;
@group(0) @binding(6) var<storage, read_write> neighbours: array<u32>;

/*{KEY}*/

// A step ahead: 6 k + c + 1 carries over into k where c is 5.
fn ahead(key: vec3u) -> vec3u {
  let colour = key.z >> 16u;
  let carry = i32(colour == 5u);
  let j = params.direction;
  let moved = add_to_key(key, array<i32, 5>(
    carry - i32(j == 0u),
    carry - i32(j == 1u),
    carry - i32(j == 2u),
    carry - i32(j == 3u),
    carry - i32(j == 4u),
  ));
  return vec3u(moved.xy, (moved.z & 0xffffu) | (((colour + 1u) % 6u) << 16u));
}

fn find(key: vec3u) -> u32 {
  var slot = first_slot(key, params.mask);
  var held = table[slot];
  while (held != 0u && any(key_of(held - 1u) != key)) {
    slot = (slot + 1u) & params.mask;
    held = table[slot];
  }
  // There is no number at an empty slot: 0.
  return numbers[slot];
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let number = id.y * params.width + id.x;
  if (id.x >= params.width || number == 0u || number > params.points) { return; }
  let found = find(ahead(key_of(owners[number])));
  if (found == 0u) { return; }
  neighbours[2u * number + 1u] = found;
  neighbours[2u * found] = number;
}
