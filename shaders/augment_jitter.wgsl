// Colour jitter of one pixel, put into the kernels that have a `table` as core/kernels/augment.ts lays it out. Colours are RGB,
// 0..255, and are cut to that range after each operation:
//
//     brightness  f c                   saturation  f c + (1 − f) Y(c)
//     contrast    f c + (1 − f) mean Y  hue         (H, S, V) → (H + turn, S, V)
//
// Y is the grey value of ITU-R BT.601, its mean that of the patch as the operations before the contrast have left it.

const CONTRAST = 1u;
const SATURATION = 2u;

fn grey_value(colour: vec3f) -> f32 {
  return dot(colour, vec3f(0.299, 0.587, 0.114));
}

// With V the largest and V − C the smallest component and H in sixths of the circle, red, green and blue are
//     V − C clamp(min(k, 4 − k), 0, 1),    k = (n + H) mod 6,    n = 5, 3, 1
fn turn_hue(c: vec3f, turn: f32) -> vec3f {
  let v = max(c.r, max(c.g, c.b));
  let chroma = v - min(c.r, min(c.g, c.b));
  let d = max(chroma, 1e-20);
  var h = (c.r - c.g) / d + 4;
  if (v == c.g) { h = (c.b - c.r) / d + 2; }
  if (v == c.r) { h = (c.g - c.b) / d; }
  let k = fract((vec3f(5, 3, 1) + h + 6 * turn) / 6) * 6;
  return v - chroma * clamp(min(k, 4 - k), vec3f(0), vec3f(1));
}

// The colour after all operations of the table's row at `entry`; only after those before the contrast where `whole` is false.
fn jitter(pixel: vec3f, entry: u32, mean: f32, whole: bool) -> vec3f {
  var c = pixel;
  let before_hue = u32(table[entry + 6]);
  let turn = table[entry + 7];
  for (var i = 0u; i < 4; i++) {
    if (i == before_hue) { c = select(turn_hue(c, turn), c, turn == 0); }
    if (i == 3) { break; }
    let operation = u32(table[entry + 2 * i]);
    let factor = table[entry + 2 * i + 1];
    if (operation == CONTRAST && !whole) { break; }
    var base = 0.0;
    if (operation == CONTRAST) { base = mean; }
    if (operation == SATURATION) { base = grey_value(c); }
    c = clamp(factor * c + (1 - factor) * base, vec3f(0), vec3f(255));
  }
  return c;
}
