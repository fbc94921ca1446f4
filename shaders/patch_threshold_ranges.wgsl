// Range of the values in each cell of a grid that starts outside the image, which is mirrored there.
//
//     ranges(i, j) = (min v, min −v) over cell × cell pixels from (i · cell − margin, j · cell − margin)
//
// The maximum comes negated, so that a minimum over several cells gives the range of all of them.
//
// 2  source  H × W × 1
// 3  ranges  CH × CW × 2
// One invocation a cell.

struct Params {
  cell: u32,    // pixels
  margin: u32,  // pixels
  width: u32,   // of the source
  height: u32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> ranges: array<f32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let y = band.first + id.y;
  if (x >= band.width || y >= band.end) { return; }
  // Along a mirrored axis the pixel goes 0 1 … n−1 n−2 … 1 with this period; counting on is cheaper than a division a pixel.
  // The first pixel as a place in it, without a remainder of a negative number, which OpenGL leaves undefined.
  let period = max(2 * (vec2u(params.width, params.height) - 1), vec2u(1));
  let steps = vec2u(x, y) * params.cell;
  let margin = vec2u(params.margin);
  let start = select((period - (margin - steps) % period) % period, (steps - margin) % period, steps >= margin);
  var lowest = 0x1.fffffep+127f;
  var negated_highest = 0x1.fffffep+127f;
  var t = start;
  // The loops count from the cell's place, not from zero: a loop that uniforms alone bound makes Mesa 22.3's Vulkan driver compile
  // the shader anew at every dispatch, to unroll it, and keep each result.
  for (var v = steps.y; v < steps.y + params.cell; v++) {
    let row = min(t.y, period.y - t.y) * params.width - band.base.x;
    t.x = start.x;
    for (var u = steps.x; u < steps.x + params.cell; u++) {
      let value = source[row + min(t.x, period.x - t.x)];
      lowest = min(lowest, value);
      negated_highest = min(negated_highest, -value);
      t.x = select(t.x + 1, 0, t.x + 1 == period.x);
    }
    t.y = select(t.y + 1, 0, t.y + 1 == period.y);
  }
  let cell = 2 * (y * band.width + x) - band.output_base;
  ranges[cell] = lowest;
  ranges[cell + 1] = negated_highest;
}
