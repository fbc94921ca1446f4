// Pixels at or below a threshold that is constant over square cells.
//
//     mask(x, y) = 1 where source(x, y) ≤ thresholds(x / cell, y / cell), else 0
//
// 2  source      H × W × 1
// 3  thresholds  ⌈H / cell⌉ × ⌈W / cell⌉ × 1, in units of the source
// 4  mask        H × W × 1, 0 or 1
// One invocation a pixel.

struct Params {
  cell: u32,     // side of a cell, pixels
  columns: u32,  // cells in a row
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read> thresholds: array<f32>;
@group(0) @binding(4) var<storage, read_write> mask: array<f32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let y = band.first + id.y;
  if (x >= band.width || y >= band.end) { return; }
  let pixel = y * band.width + x;
  let threshold = thresholds[(y / params.cell) * params.columns + x / params.cell - band.base.y];
  mask[pixel - band.output_base] = f32(source[pixel - band.base.x] <= threshold);
}
