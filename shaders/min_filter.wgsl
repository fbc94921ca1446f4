// Minimum over each size × size window that lies wholly inside a plane.
//
//     minima(x, y) = min source(x + i, y + j),  0 ≤ i, j < size
//
// 2  source  (H + size − 1) × (W + size − 1) × 1
// 3  minima  H × W × 1
// One invocation a window.

struct Params {
  size: u32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> minima: array<f32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let y = band.first + id.y;
  if (x >= band.width || y >= band.end) { return; }
  let width = band.width + params.size - 1;
  var least = source[y * width + x - band.base.x];
  for (var j = 0u; j < params.size; j++) {
    for (var i = 0u; i < params.size; i++) {
      least = min(least, source[(y + j) * width + x + i - band.base.x]);
    }
  }
  minima[y * band.width + x - band.output_base] = least;
}
