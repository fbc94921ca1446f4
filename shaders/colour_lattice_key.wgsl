// Lattice points by name, for kernels that begin with it (mark KEY): their coordinates are 6 kᵢ + c, i = 0 … 4, which settle the sixth. A name is
// k₀ … k₄, 16 bits each, and c. The kernel has `simplices` as colour_lattice_simplices.wgsl writes them.

// Adds to both halves of a word, each by itself.
fn add_halves(word: u32, low: i32, high: i32) -> u32 {
  return ((word + u32(low)) & 0xffffu) | ((word & 0xffff0000u) + (u32(high) << 16u));
}

// k of the coordinates that take part is `by` more.
fn add_to_key(key: vec3u, by: array<i32, 5>) -> vec3u {
  return vec3u(
    add_halves(key.x, by[0], by[1]),
    add_halves(key.y, by[2], by[3]),
    add_halves(key.z, by[4], 0),
  );
}

// Corner c of a simplex.
fn corner_of(simplex: vec4u, c: u32) -> vec3u {
  let ranks = simplex.w;
  let highest = 5u - c;
  let back = array<i32, 5>(
    -i32((ranks & 7u) > highest),
    -i32(((ranks >> 3u) & 7u) > highest),
    -i32(((ranks >> 6u) & 7u) > highest),
    -i32(((ranks >> 9u) & 7u) > highest),
    -i32(((ranks >> 12u) & 7u) > highest),
  );
  return add_to_key(vec3u(simplex.xy, simplex.z | (c << 16u)), back);
}

// The corner of an entry, 6 · pixel + c.
fn key_of(entry: u32) -> vec3u {
  return corner_of(simplices[entry / 6u], entry % 6u);
}

// The slot of a hash table in which a point is looked for first.
fn first_slot(key: vec3u, mask: u32) -> u32 {
  var hash = key.x * 0x9e3779b1u;
  hash = ((hash ^ key.y) * 0x9e3779b1u) ^ (hash >> 15u);
  hash = ((hash ^ key.z) * 0x9e3779b1u) ^ (hash >> 15u);
  // The lower bits of a product depend on lower bits only.
  return (hash ^ (hash >> 16u)) & mask;
}
