// Spreads a value a pixel over the corners around it, in whole numbers: their sums are the same in any order.
//
//     sum(p) = Σ round(w v)      over the pixels around which p is a corner
//
// 2  values   H × W × 1: v, of magnitude 3 at most
// 3  corners  H × W × 6, u32
// 4  weights  H × W × 6, from colour_lattice_weights.wgsl
// 5  sums     points + 1, i32; all of it
// One invocation a pixel: [W, H, 1], in rows of `width`.

struct Params {
  width: u32,
  height: u32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read> corners: array<u32>;
@group(0) @binding(4) var<storage, read> weights: array<f32>;
@group(0) @binding(5) var<storage, read_write> sums: array<atomic<i32>>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let pixel = id.y * params.width + id.x;
  let value = values[pixel];
  for (var entry = 6u * pixel; entry < 6u * pixel + 6u; entry++) {
    atomicAdd(&sums[corners[entry]], i32(round(weights[entry] * value)));
  }
}
