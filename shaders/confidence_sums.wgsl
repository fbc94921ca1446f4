// Sums of confidences and of their squares, over groups of rows:
//
//     sums[y] = (Σ p, Σ p²)      over the rows y · rows … min((y + 1) · rows, H) − 1
//
// or, where sums are added up further, (Σ a, Σ b) of the pairs (a, b) that were summed before. core/kernels/confidence_sums.ts writes which.
//
// 2  source  H × W × 1, confidences 0..1; or H × 1 × 2, sums
// 3  sums    ⌈H / rows⌉ × 1 × 2
// One workgroup a group of rows: its 64 invocations add every 64th value, then each other's sums, so that few roundings follow each other.

struct Params {
  values: u32,  // pixels or pairs of a group
  total: u32,   // of all
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> sums: array<f32>;

const LANES = 64u;
var<workgroup> partial: array<vec2f, LANES>;

fn load(i: u32) -> vec2f {
  /*{LOAD}*/
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let y = band.first + group.y;
  let first = y * params.values;
  let end = min(first + params.values, params.total);
  var sum = vec2f();
  for (var i = first + lane; i < end; i += LANES) { sum += load(i); }
  partial[lane] = sum;
  for (var half = LANES / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { partial[lane] += partial[lane + half]; }
  }
  if (lane == 0) {
    let i = 2 * y - band.output_base;
    sums[i] = partial[0].x;
    sums[i + 1] = partial[0].y;
  }
}
