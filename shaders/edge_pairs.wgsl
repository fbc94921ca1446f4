// How surely a pixel lies between two edges that face each other, its side the darker one: over the ways u, 22.5° apart,
//
//     evidence(p) = max_{u, i + j < width} min(e(p + i u, u), e(p − j u, −u))
//     e(q, u) = |g(q)| where the gradient g(q) of the edge at q points along u within 45°, else 0
//
// i and j count pixels from 0: edges lie on the lower right corners of pixels, so that i + j + 1 is the distance of the two.
//
// 2  edges     H × W × 2, gradients along x and y at edges, else 0, 0
// 3  evidence  H × W × 1, in units of the gradient
// One invocation a pixel. core/kernels/edge_pairs.ts writes the taps.

@group(0) @binding(2) var<storage, read> edges: array<f32>;
@group(0) @binding(3) var<storage, read_write> evidence: array<f32>;

const COS_45 = 0.70710678;

// e(q, u)², q being the corner `distance` pixels and a half away.
fn edge(place: vec2i, way: vec2f, distance: f32) -> f32 {
  // Where that is negative it is beyond the size as a natural number.
  let corner = vec2u(place + vec2i(floor((distance + 0.5) * way)));
  let inside = all(corner < vec2u(band.width, band.height));
  let i = 2 * (corner.y * band.width + corner.x) - band.base.x;
  let gradient = vec2f(edges[i], edges[i + 1]);
  let squared = dot(gradient, gradient);
  let along = dot(gradient, way);
  return select(0.0, squared, inside && along > 0.0 && 2.0 * along * along >= squared);
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= band.width || band.first + id.y >= band.end) { return; }
  let place = vec2i(i32(id.x), i32(band.first + id.y));
  // Written out, since cos(90°) has to be 0.
  var ways = array(
    vec2f(1.0, 0.0), vec2f(0.92387953, 0.38268343), vec2f(COS_45, COS_45), vec2f(0.38268343, 0.92387953),
    vec2f(0.0, 1.0), vec2f(-0.38268343, 0.92387953), vec2f(-COS_45, COS_45), vec2f(-0.92387953, 0.38268343),
  );
  var found = 0.0;
  for (var k = 0; k < 8; k++) {
    let way = ways[k];
    /*{TAPS}*/
  }
  evidence[u32(place.y) * band.width + id.x - band.output_base] = sqrt(found);
}
