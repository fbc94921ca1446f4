// What a pixel gives to the corners around it: its barycentric coordinates b in units in which whole numbers add up without overflow,
// whatever the order,
//
//     w = b / u,   u = n / 2²⁹      n entries of the lattice point
//
// 2  photo    H × W × 3, 0..255
// 3  corners  H × W × 6, u32, numbers
// 4  counts   points + 1, u32: n; all of it
// 5  weights  H × W × 6: w
// One invocation a pixel: [W, H, 1].

struct Params {
  colour: vec3f,  // scales of red, green and blue
  place: vec2f,   // scales of x and y
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> photo: array<f32>;
@group(0) @binding(3) var<storage, read> corners: array<u32>;
@group(0) @binding(4) var<storage, read> counts: array<u32>;
@group(0) @binding(5) var<storage, read_write> weights: array<f32>;

/*{SIMPLEX}*/

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width || y >= band.end) { return; }
  let pixel = y * band.width + id.x;
  let start = 3u * pixel - band.base.x;
  let place = vec2f(f32(id.x), f32(y)) * params.place;
  let colour = vec3f(photo[start], photo[start + 1], photo[start + 2]) * params.colour;
  let found = simplex_around(array<f32, 5>(place.x, place.y, colour.x, colour.y, colour.z));
  for (var c = 0u; c < 6u; c++) {
    let entries = f32(counts[corners[6u * pixel + c - band.base.y]]);
    weights[6u * pixel + c - band.output_base] = found.shares[c] * (536870912.0 / entries);
  }
}
