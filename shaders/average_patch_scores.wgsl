// Mean score of the patches over each cell of the stride grid:
//
//     cell[j][i] = 1 / o² Σ_v Σ_u score[(j + v) columns + i + u]        0 ≤ u, v < o = size / stride
//
// 2  scores  rows × columns × 1, 0..1: one value a patch of the grid
// 3  cells   (rows − o + 1) × (columns − o + 1) × 1, 0..1
// One invocation a cell.

struct Params {
  columns: u32,  // patches in a row of the grid
  overlap: u32,  // o
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> scores: array<f32>;
@group(0) @binding(3) var<storage, read_write> cells: array<f32>;

@compute @workgroup_size(32, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let y = band.first + id.y;
  if (x >= band.width || y >= band.end) { return; }
  var sum = 0.0;
  for (var v = 0u; v < params.overlap; v++) {
    let first = (y + v) * params.columns + x - band.base.x;
    for (var u = 0u; u < params.overlap; u++) { sum += scores[first + u]; }
  }
  cells[y * band.width + x - band.output_base] = sum / f32(params.overlap * params.overlap);
}
