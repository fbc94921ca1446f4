// Class activation map, the weighted sum of the channels of a feature map A, cut below at a floor:
//
//     map[y][x] = max(Σ_k w_k A[y][x][k], floor)
//
// With floor = 0 and w = g it is Grad-CAM (doi:10.1109/ICCV.2017.74), with w = relu(g) Grad-CAM++ (doi:10.1109/WACV.2018.00097), g_k being
// the gradient of the class's logit with respect to the spatial mean of channel k. Without a floor it is what each pixel adds to the logit.
//
// 2  features  h × w × K
// 3  weights   1 × 1 × K
// 4  map       h × w × 1, ≥ floor
// One workgroup a pixel: its 64 invocations add up every 64th channel, then each other.

@group(0) @binding(2) var<storage, read> features: array<f32>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> map: array<f32>;

struct Params {
  channels: u32,  // K
  floor: f32,
}

@group(0) @binding(1) var<uniform> params: Params;

const LANES = 64u;
var<workgroup> sums: array<f32, LANES>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let pixel = (band.first + group.y) * band.width + group.x;
  let first = pixel * params.channels - band.base.x;
  var sum = 0.0;
  for (var k = lane; k < params.channels; k += LANES) { sum += weights[k] * features[first + k]; }
  sums[lane] = sum;
  for (var half = LANES / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { sums[lane] += sums[lane + half]; }
  }
  if (lane == 0) { map[pixel - band.output_base] = max(sums[0], params.floor); }
}
