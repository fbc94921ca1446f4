// Exchanges slots for numbers, and counts the entries of each lattice point.
//
// 2  numbers  slots, u32, from colour_lattice_numbers.wgsl; all of it
// 3  corners  H × W × 6, u32: slots, and then numbers
// 4  counts   points + 1, u32; all of it
// One invocation a pixel: [W, H, 1], in rows of `width`.

struct Params {
  width: u32,
  height: u32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> numbers: array<u32>;
@group(0) @binding(3) var<storage, read_write> corners: array<u32>;
@group(0) @binding(4) var<storage, read_write> counts: array<atomic<u32>>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let first = 6u * (id.y * params.width + id.x);
  for (var entry = first; entry < first + 6u; entry++) {
    let number = numbers[corners[entry]];
    corners[entry] = number;
    atomicAdd(&counts[number], 1u);
  }
}
