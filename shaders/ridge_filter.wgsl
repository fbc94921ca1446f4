// How much each pixel looks like a dark line at one scale, from the Hessian there; the greatest of this scale and those before.
//
//     λ = (a + c) / 2 ± √(((a − c) / 2)² + b²)       of the Hessian a b
//                                                                  b c
// 2  hessian    H × W × 3: a = ∂²I/∂y², b = ∂²I/∂x∂y, c = ∂²I/∂x²
// 3  so_far     H × W × 1, the greatest of earlier scales
// 4  strongest  1 × 1 × 1, the greatest λ1² + λ2² of the first scale, for those who ask it
// 5  response   H × W × 1
// One invocation a pixel. core/kernels/ridge_filter.ts puts the formula in.

struct Params {
  factor: f32,  // of the formula: σ² or −1 / 2β²
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> hessian: array<f32>;
@group(0) @binding(3) var<storage, read> so_far: array<f32>;
@group(0) @binding(4) var<storage, read> strongest: array<f32>;
@group(0) @binding(5) var<storage, read_write> response: array<f32>;

// The eigenvalues, the one of greater magnitude last.
fn eigenvalues(a: f32, b: f32, c: f32) -> vec2f {
  let middle = 0.5 * (a + c);
  let difference = 0.5 * (a - c);
  let spread = sqrt(difference * difference + b * b);
  let both = vec2f(middle - spread, middle + spread);
  return select(both, both.yx, abs(both.x) > abs(both.y));
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let y = band.first + id.y;
  if (x >= band.width || y >= band.end) { return; }
  let pixel = y * band.width + x;
  let i = pixel * 3 - band.base.x;
  let lambda = eigenvalues(hessian[i], hessian[i + 1], hessian[i + 2]);
  let squared = dot(lambda, lambda);
  /*{FORMULA}*/
  response[pixel - band.output_base] = max(so_far[pixel - band.base.y], value);
}
