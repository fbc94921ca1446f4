// Histograms of the grey values, rounded to integers (halves up) and cut to 0..255, of strips of rows.
//
//     counts(s, v) = pixels in the rows [s · strip, (s + 1) · strip) with grey value v
//
// 2  grey    H × W × 1, 0..255
// 3  counts  ⌈H / strip⌉ × 256 × 1, u32 bit patterns
// One workgroup a strip, which counts in its own memory first.

struct Params {
  strip: u32,   // rows
  width: u32,   // of the grey image
  height: u32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> grey: array<f32>;
@group(0) @binding(3) var<storage, read_write> counts: array<u32>;

const LANES = 64u;

var<workgroup> histogram: array<atomic<u32>, 256>;

@compute @workgroup_size(64, 1)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let strip = band.first + group.y;
  let first = strip * params.strip;
  let end = min(first + params.strip, params.height);
  for (var y = first; y < end; y++) {
    for (var x = lane; x < params.width; x += LANES) {
      let v = clamp(grey[y * params.width + x - band.base.x], 0.0, 255.0);
      // v + 0.5 would round the float below 0.5 up.
      let whole = u32(v);
      atomicAdd(&histogram[whole + u32(v - f32(whole) >= 0.5)], 1u);
    }
  }
  workgroupBarrier();
  for (var v = lane; v < 256; v += LANES) {
    counts[strip * 256 + v - band.output_base] = atomicLoad(&histogram[v]);
  }
}
