// Exchanges slots for numbers, and barycentric coordinates b for what a pixel gives to the corners around it, in units in which whole numbers add up
// without overflow, whatever the order:
//
//     w = b / u,   u = n / 2²⁹      n entries of the lattice point
//
// 2  points   slots × 2, u32, from colour_lattice_insert.wgsl: number and n; all of it
// 3  entries  H × W × 12: six slots, then six b; then six numbers, then six w
// One invocation a pixel: [W, H, 1].

@group(0) @binding(2) var<storage, read> points: array<vec2u>;
@group(0) @binding(3) var<storage, read_write> entries: array<vec4u>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width || y >= band.end) { return; }
  let first = 3u * (y * band.width + id.x) - band.output_base / 4u;
  let slots = entries[first];
  let mixed = entries[first + 1u];
  let p0 = points[slots.x];
  let p1 = points[slots.y];
  let p2 = points[slots.z];
  let p3 = points[slots.w];
  let p4 = points[mixed.x];
  let p5 = points[mixed.y];
  let low = bitcast<vec2f>(mixed.zw) * (536870912.0 / vec2f(vec2u(p0.y, p1.y)));
  let high = bitcast<vec4f>(entries[first + 2u]) * (536870912.0 / vec4f(vec4u(p2.y, p3.y, p4.y, p5.y)));
  entries[first] = vec4u(p0.x, p1.x, p2.x, p3.x);
  entries[first + 1u] = vec4u(p4.x, p5.x, bitcast<vec2u>(low));
  entries[first + 2u] = bitcast<vec4u>(high);
}
