// Lays a map over a part of another, and fades it in from its left and upper edge on, so that no seam is seen:
//
//     target(left + x, top + y) ← target + r(x, columns) r(y, rows) (source(x, y) − target)
//
//     r(i, n) = t² (3 − 2 t),  t = (i + ½) / n  for i < n,  else 1
//
// The ramp r rises smoothly from 0 to 1, and r(i, n) + r(n − 1 − i, n) = 1. Where both maps agree the result is their value,
// to the last digit. Where the ramp is 1, the target is not read: it may be undefined there.
//
// 2  source  h × w × 1
// 3  target  H × W × 1, changed in place
// One invocation a pixel of the target's rows that the source covers, in as many columns as the source has.

struct Params {
  width: u32,    // of the source
  height: u32,   // of the source
  left: u32,
  top: u32,
  columns: u32,  // over which it fades in
  rows: u32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> crossfaded: array<f32>;

fn ramp(i: u32, n: u32) -> f32 {
  if (i >= n) { return 1.0; }
  let t = (f32(i) + 0.5) / f32(n);
  return t * t * (3.0 - 2.0 * t);
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = band.first + id.y;
  if (id.x >= params.width || row >= band.end || row < params.top || row >= params.top + params.height) { return; }
  let y = row - params.top;
  let value = source[y * params.width + id.x - band.base.x];
  let i = row * band.width + params.left + id.x - band.output_base;
  let weight = ramp(id.x, params.columns) * ramp(y, params.rows);
  if (weight >= 1.0) {
    crossfaded[i] = value;
  } else {
    let under = crossfaded[i];
    crossfaded[i] = under + weight * (value - under);
  }
}
