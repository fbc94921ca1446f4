// Histograms of how much two images differ, in strips of rows:
//
//     counts(s, b) = pixels in the rows [s · strip, (s + 1) · strip) with b ≤ |fine − coarse| · BINS / 256 < b + 1
//
// 2  fine      H × W × 1, 0..255
// 3  coarse    H × W × 1, 0..255
// 4  counts    ⌈H / strip⌉ × BINS × 1, u32 bit patterns; the last bin takes greater differences, too
// One workgroup a strip, which counts in its own memory first.

struct Params {
  values: u32,  // of a strip: strip · W
  total: u32,   // H · W
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> fine: array<f32>;
@group(0) @binding(3) var<storage, read> coarse: array<f32>;
@group(0) @binding(4) var<storage, read_write> counts: array<u32>;

const LANES = 64u;
const BINS = 1024u;

var<workgroup> histogram: array<atomic<u32>, BINS>;

@compute @workgroup_size(64, 1)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let strip = band.first + group.y;
  let first = strip * params.values;
  let end = min(first + params.values, params.total);
  for (var i = first + lane; i < end; i += LANES) {
    let difference = abs(fine[i - band.base.x] - coarse[i - band.base.y]);
    atomicAdd(&histogram[min(u32(difference * f32(BINS) / 256), BINS - 1)], 1u);
  }
  workgroupBarrier();
  for (var b = lane; b < BINS; b += LANES) {
    counts[strip * BINS + b - band.output_base] = atomicLoad(&histogram[b]);
  }
}
