// Spreads a value a pixel over the corners around it, in whole numbers: their sums are the same in any order.
//
//     sum(p) = Σ round(w v)      over the pixels around which p is a corner
//
// 2  values   H × W × C: v, the first channel
// 3  entries  H × W × 12: six numbers, then six w, of which n of one point with their v come to less than 2³¹; all of it
// 4  sums     points + 1, i32; all of it
// One invocation a pixel: [W, H, 1], in rows of `width`.

struct Params {
  width: u32,
  height: u32,
  channels: u32,  // of the values
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read> entries: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> sums: array<atomic<i32>>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let pixel = id.y * params.width + id.x;
  let value = values[params.channels * pixel];
  let numbers = entries[3u * pixel];
  let mixed = entries[3u * pixel + 1u];
  let low = vec2i(round(bitcast<vec2f>(mixed.zw) * value));
  let high = vec4i(round(bitcast<vec4f>(entries[3u * pixel + 2u]) * value));
  atomicAdd(&sums[numbers.x], low.x);
  atomicAdd(&sums[numbers.y], low.y);
  atomicAdd(&sums[numbers.z], high.x);
  atomicAdd(&sums[numbers.w], high.y);
  atomicAdd(&sums[mixed.x], high.z);
  atomicAdd(&sums[mixed.y], high.w);
}
