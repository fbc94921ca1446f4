// The simplex of the permutohedral lattice around each pixel of a photo. In the space of place and colour (x, y, red, green, blue), each axis in
// units of its Gaussian's deviation and scaled as the lattice wants it, a point is lifted into the plane of the six coordinates whose sum is 0,
// and enclosed by
//
//     corner c:  6 qᵢ + (rankᵢ ≤ 5 − c ? c : c − 6),   i = 0 … 5,   c = 0 … 5
//
// with barycentric coordinates b(c) = s(5 − c) − s(6 − c), for c = 0 one more, s(r) being a sixth of the difference of rank r from 6 q.
// A. Adams, J. Baek and M. A. Davis 2010, doi:10.1111/j.1467-8659.2009.01645.x.
//
// 2  photo      H × W × 3, 0..255
// 3  simplices  H × W × 4, u32: q₀ … q₄, 16 bits each, then the ranks of these five, 3 bits each; sums settle the sixth. All of it
// 4  entries    H × W × 12: room for the numbers of the six corners, u32; then b(0) … b(5), f32
// One invocation a pixel: [W, H, 1]. Coordinates 0 … 2 and 3 … 5 are vectors: a software adapter is slow at arrays.

struct Params {
  colour: vec3f,  // scales of red, green and blue
  place: vec2f,   // scales of x and y
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> photo: array<f32>;
@group(0) @binding(3) var<storage, read_write> simplices: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> entries: array<vec4u>;

// The places of three numbers among themselves, the greatest first; of two that are equal, the latter.
fn ranks_within(v: vec3f) -> vec3i {
  let less = vec3i(v.xxy < v.yzz);
  return vec3i(less.x + less.y, 1 - less.x + less.z, 2 - less.y - less.z);
}

fn sum(v: vec3i) -> i32 {
  return v.x + v.y + v.z;
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width || y >= band.end) { return; }
  let pixel = y * band.width + id.x;
  let start = 3u * pixel - band.base.x;
  let place = vec2f(f32(id.x), f32(y)) * params.place;
  let colour = vec3f(photo[start], photo[start + 1], photo[start + 2]) * params.colour;

  let sum_4 = colour.z + colour.y;
  let sum_3 = sum_4 + colour.x;
  let sum_2 = sum_3 + place.y;
  var low = vec3f(sum_2 + place.x, sum_2 - place.x, sum_3 - 2.0 * place.y);
  var high = vec3f(sum_4 - 3.0 * colour.x, colour.z - 4.0 * colour.y, -5.0 * colour.z);
  // The nearest point whose coordinates are multiples of 6; where these don't add up to 0, those that were rounded most go back.
  var low_origin = floor(low / 6.0 + 0.5);
  var high_origin = floor(high / 6.0 + 0.5);
  low -= 6.0 * low_origin;
  high -= 6.0 * high_origin;
  let excess = sum(vec3i(low_origin)) + sum(vec3i(high_origin));
  let less = mat3x3f(vec3f(low < high.xxx), vec3f(low < high.yyy), vec3f(low < high.zzz));
  var low_ranks = ranks_within(low) + vec3i(less[0] + less[1] + less[2]) + excess;
  var high_ranks = ranks_within(high) + 3 - vec3i(vec3f(1.0) * less) + excess;
  let low_turn = vec3i(low_ranks < vec3i(0)) - vec3i(low_ranks > vec3i(5));
  let high_turn = vec3i(high_ranks < vec3i(0)) - vec3i(high_ranks > vec3i(5));
  low_ranks += 6 * low_turn;
  high_ranks += 6 * high_turn;
  low_origin += vec3f(low_turn);
  high_origin += vec3f(high_turn);
  low = low / 6.0 - vec3f(low_turn);
  high = high / 6.0 - vec3f(high_turn);

  var parts: array<f32, 6>;
  /*{PARTS}*/
  let first = vec3f(parts[5] + 1.0 - parts[0], parts[4] - parts[5], parts[3] - parts[4]);
  let last = vec3f(parts[2] - parts[3], parts[1] - parts[2], parts[0] - parts[1]);

  let a = vec3u(vec3i(low_origin)) & vec3u(0xffffu);
  let b = vec3u(vec3i(high_origin)) & vec3u(0xffffu);
  let low_bits = vec3u(low_ranks) << vec3u(0u, 3u, 6u);
  let high_bits = vec2u(high_ranks.xy) << vec2u(9u, 12u);
  let ranks = low_bits.x | low_bits.y | low_bits.z | high_bits.x | high_bits.y;
  simplices[pixel] = vec4u(a.x | (a.y << 16u), a.z | (b.x << 16u), b.y, ranks);
  let to = 3u * pixel - band.output_base / 4u;
  entries[to + 1u] = vec4u(0u, 0u, bitcast<vec2u>(first.xy));
  entries[to + 2u] = vec4u(bitcast<u32>(first.z), bitcast<vec3u>(last));
}
