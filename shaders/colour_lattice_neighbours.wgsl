// The two neighbours of each lattice point along three of six directions: a step along direction j adds 1 to all coordinates but the j-th, which
// loses 5. Whoever finds the point there is the one that lies behind that.
//
// 2  simplices   H × W × 4, u32; all of it
// 3  table       slots, u32; all of it
// 4  points      slots × 2, u32: numbers and counts; all of it
// 5  places      points + 1, u32: slots; all of it
// 6  first       a point × 2, u32: numbers behind and ahead along the first of the directions; 0, which they all are before, where there is no such
//                point; all of it
// 7  second      along the next
// 8  third       along the one after that
// One invocation a point, in rows of `width`.

struct Params {
  mask: u32,       // slots − 1
  width: u32,
  points: u32,
  direction: u32,  // the first j
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> simplices: array<vec4u>;
@group(0) @binding(3) var<storage, read> table: array<u32>;
@group(0) @binding(4) var<storage, read> points: array<vec2u>;
@group(0) @binding(5) var<storage, read> places: array<u32>;
@group(0) @binding(6) var<storage, read_write> first: array<u32>;
@group(0) @binding(7) var<storage, read_write> second: array<u32>;
@group(0) @binding(8) var<storage, read_write> third: array<u32>;

/*{KEY}*/

// A step ahead along direction j: 6 k + c + 1 carries over into k where c is 5.
fn ahead(key: vec3u, j: u32) -> vec3u {
  let colour = key.z >> 16u;
  let carry = i32(colour == 5u);
  let moved = add_to_key(key, array<i32, 5>(
    carry - i32(j == 0u),
    carry - i32(j == 1u),
    carry - i32(j == 2u),
    carry - i32(j == 3u),
    carry - i32(j == 4u),
  ));
  return vec3u(moved.xy, (moved.z & 0xffffu) | (((colour + 1u) % 6u) << 16u));
}

// The number of a point, 0 where there is none.
fn find(key: vec3u) -> u32 {
  var slot = first_slot(key, params.mask);
  var held = table[slot];
  while (held != 0u && any(key_of(held - 1u) != key)) {
    slot = (slot + 1u) & params.mask;
    held = table[slot];
  }
  if (held == 0u) { return 0u; }
  return points[slot].x;
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let number = id.y * params.width + id.x;
  if (id.x >= params.width || number == 0u || number > params.points) { return; }
  let key = key_of(table[places[number]] - 1u);
  let found = vec3u(
    find(ahead(key, params.direction)),
    find(ahead(key, params.direction + 1u)),
    find(ahead(key, params.direction + 2u)),
  );
  if (found.x > 0u) {
    first[2u * number + 1u] = found.x;
    first[2u * found.x] = number;
  }
  if (found.y > 0u) {
    second[2u * number + 1u] = found.y;
    second[2u * found.y] = number;
  }
  if (found.z > 0u) {
    third[2u * number + 1u] = found.z;
    third[2u * found.z] = number;
  }
}
