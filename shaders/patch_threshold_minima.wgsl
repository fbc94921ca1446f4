// Minimum over each size × size window that lies wholly inside a plane, each channel by itself.
//
//     minima(x, y, c) = min source(x + i, y + j, c),  0 ≤ i, j < size
//
// 2  source  (H + size − 1) × (W + size − 1) × C
// 3  minima  H × W × C
// One invocation a value.

struct Params {
  size: u32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> minima: array<f32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;  // counts values, not pixels
  let y = band.first + id.y;
  if (x >= band.width * band.channels || y >= band.end) { return; }
  let row = (band.width + params.size - 1) * band.channels;
  var least = source[y * row + x - band.base.x];
  for (var j = 0u; j < params.size; j++) {
    for (var i = 0u; i < params.size; i++) {
      least = min(least, source[(y + j) * row + x + i * band.channels - band.base.x]);
    }
  }
  minima[y * band.width * band.channels + x - band.output_base] = least;
}
