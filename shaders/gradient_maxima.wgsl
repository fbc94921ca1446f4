// Gradients where they are edges: at least as long as their neighbours before and behind, the neighbour of eight that they point to most nearly.
//
// 2  gradient  H × W × 2, along x and y, any unit
// 3  maxima    H × W × 2, the gradient there, else 0, 0
// One invocation a pixel.

@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read_write> maxima: array<f32>;

// tan 22.5°: of the slope of a gradient that points to a neighbour on a diagonal.
const DIAGONAL = 0.41421356;

fn load(x: i32, y: i32) -> vec2f {
  // Outside there is no edge.
  if (x < 0 || y < 0 || x >= i32(band.width) || y >= i32(band.height)) { return vec2f(); }
  let i = 2 * (u32(y) * band.width + u32(x)) - band.base.x;
  return vec2f(gradient[i], gradient[i + 1]);
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= band.width || band.first + id.y >= band.end) { return; }
  let x = i32(id.x);
  let y = i32(band.first + id.y);
  let here = load(x, y);
  let size = abs(here);
  let step = vec2i(sign(here)) * vec2i(select(0, 1, size.x > DIAGONAL * size.y), select(0, 1, size.y > DIAGONAL * size.x));
  let before = load(x - step.x, y - step.y);
  let behind = load(x + step.x, y + step.y);
  let length = dot(here, here);
  let greatest = length > 0 && length >= dot(before, before) && length >= dot(behind, behind);
  let i = 2 * (u32(y) * band.width + id.x) - band.output_base;
  maxima[i] = select(0.0, here.x, greatest);
  maxima[i + 1] = select(0.0, here.y, greatest);
}
