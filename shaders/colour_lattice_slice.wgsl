// Gathers what a pixel's corners hold, as its value was spread over them: Σ w v.
//
// 2  values   points + 1: v, from the last pass of colour_lattice_blur.wgsl; all of it
// 3  corners  H × W × 6, u32
// 4  weights  H × W × 6, from colour_lattice_weights.wgsl
// 5  sliced   H × W × 1
// One invocation a pixel: [W, H, 1].

@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read> corners: array<u32>;
@group(0) @binding(4) var<storage, read> weights: array<f32>;
@group(0) @binding(5) var<storage, read_write> sliced: array<f32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = band.first + id.y;
  if (id.x >= band.width || y >= band.end) { return; }
  let pixel = y * band.width + id.x;
  var sum = 0.0;
  for (var c = 0u; c < 6u; c++) {
    let entry = 6u * pixel + c;
    sum += weights[entry - band.base.z] * values[corners[entry - band.base.y]];
  }
  sliced[pixel - band.output_base] = sum;
}
