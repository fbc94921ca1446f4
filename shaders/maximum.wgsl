// The largest value of each group of rows:
//
//     maxima[y] = max of source[y·rows … min((y + 1)·rows, H) − 1][·][·]
//
// 2  source  H × W × C, any unit
// 3  maxima  ⌈H / rows⌉ × 1 × 1
// One workgroup a group of rows: its 64 invocations compare every 64th value, then each other.

struct Params {
  values: u32,  // W·C·rows, of a group
  total: u32,   // W·C·H
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> maxima: array<f32>;

const LANES = 64u;
var<workgroup> largest: array<f32, LANES>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let y = band.first + group.y;
  let first = y * params.values;
  let end = min(first + params.values, params.total);
  var value = source[first - band.base.x];
  for (var i = first + lane; i < end; i += LANES) { value = max(value, source[i - band.base.x]); }
  largest[lane] = value;
  for (var half = LANES / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { largest[lane] = max(largest[lane], largest[lane + half]); }
  }
  if (lane == 0) { maxima[y - band.output_base] = largest[0]; }
}
