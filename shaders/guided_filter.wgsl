// Last of the four passes of the guided filter (He, Sun & Tang 2013, doi:10.1109/TPAMI.2012.213, eq. 8): the mean line of all windows over
// a pixel, at the pixel's own value of the guide.
//
//     q = (1/n) Σ_k (a_k I + b_k)      a_k, b_k: means of the row windows; n rows k within the image
//
// 2  means     H × W × 2: a, b
// 3  guide     H × W × 1, 0..1
// 4  filtered  H × W × 1
// One invocation a pixel; needs `radius` rows of `means` above and below.

struct Params {
  radius: u32,  // pixels
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> means: array<f32>;
@group(0) @binding(3) var<storage, read> guide: array<f32>;
@group(0) @binding(4) var<storage, read_write> filtered: array<f32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let y = band.first + id.y;
  if (x >= band.width || y >= band.end) { return; }
  let pixel = y * band.width + x;
  let own = guide[pixel - band.base.y];
  let first = y - min(y, params.radius);
  let end = min(y + params.radius + 1, band.height);
  var sum = 0.0;
  for (var k = first; k < end; k++) {
    let i = (k * band.width + x) * 2 - band.base.x;
    sum += means[i] * own + means[i + 1];
  }
  filtered[pixel - band.output_base] = sum / f32(end - first);
}
