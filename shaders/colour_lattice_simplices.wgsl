// The simplices around the pixels of a photo: see colour_lattice_simplex.wgsl.
//
// 2  photo      H × W × 3, 0..255
// 3  simplices  H × W × 3, u32: q₀ … q₄, 16 bits each; then the ranks of these five, 3 bits each. Sums settle the sixth.
// One invocation a pixel: [W, H, 1].

struct Params {
  colour: vec3f,  // scales of red, green and blue
  place: vec2f,   // scales of x and y
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> photo: array<f32>;
@group(0) @binding(3) var<storage, read_write> simplices: array<u32>;

/*{SIMPLEX}*/

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width || y >= band.end) { return; }
  let pixel = 3 * (y * band.width + id.x);
  let start = pixel - band.base.x;
  let place = vec2f(f32(id.x), f32(y)) * params.place;
  let colour = vec3f(photo[start], photo[start + 1], photo[start + 2]) * params.colour;
  let found = simplex_around(array<f32, 5>(place.x, place.y, colour.x, colour.y, colour.z));
  var ranks = 0u;
  for (var i = 0u; i < 5u; i++) { ranks |= u32(found.ranks[i]) << (3u * i); }
  let q = found.origin;
  let to = pixel - band.output_base;
  simplices[to] = (u32(q[0]) & 0xffffu) | (u32(q[1]) << 16u);
  simplices[to + 1] = (u32(q[2]) & 0xffffu) | (u32(q[3]) << 16u);
  simplices[to + 2] = (u32(q[4]) & 0xffffu) | (ranks << 16u);
}
