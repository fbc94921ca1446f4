// Put before every kernel.
//
// A kernel writes one band of output rows at a time, because a device limits how much of a buffer one binding may show.
// All coordinates in a kernel are those of the whole image; only the index into a bound array is shifted by its base:
//
//     source[(y * width + x) * channels + c - band.base.x]
//
// Bindings of every kernel: 0 the band, 1 the kernel's own parameters, then the inputs (base.x, base.y, base.z, base.w
// belong to the first, second, third and fourth), then the output.

struct Band {
  base: vec4u,       // values of each input that lie before its binding
  width: u32,        // of the output, pixels
  height: u32,       // of the output, rows
  channels: u32,     // of the output
  output_base: u32,  // values of the output that lie before its binding
  first: u32,        // first output row of this band
  end: u32,          // one past its last output row
}

@group(0) @binding(0) var<uniform> band: Band;

// Mirror padding of an index into 0 .. n-1, the edge not repeated: … 2 1 | 0 1 2 … n-1 | n-2 … (any distance, n = 1 too).
fn mirror(i: i32, n: u32) -> u32 {
  let period = max(2 * (i32(n) - 1), 1);
  let m = abs(i) % period;
  return u32(min(m, period - m)) * u32(n > 1);
}
