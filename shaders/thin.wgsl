// Half an iteration of thinning, Guo and Hall's algorithm A1 (doi:10.1145/62065.62074), on a mask as bits (mask_bits.wgsl): a crack pixel p goes when
//
//     C = 1, 2 ≤ min(N₁, N₂) ≤ 3, and m = 0
//     C  = ¬n ∧ (ne ∨ e) + ¬e ∧ (se ∨ s) + ¬s ∧ (sw ∨ w) + ¬w ∧ (nw ∨ n)         pieces of crack around p
//     N₁ = (nw ∨ n) + (ne ∨ e) + (se ∨ s) + (sw ∨ w)
//     N₂ = (n ∨ ne) + (e ∨ se) + (s ∨ sw) + (w ∨ nw)
//     m  = e ∧ (n ∨ ne ∨ ¬se) in the first half of an iteration, w ∧ (s ∨ sw ∨ ¬nw) in the second
//
// with n, ne … its neighbours in the directions of the compass. What is outside the image is background.
//
// 2  bits    ⌈H / 32⌉ × W × 1, u32
// 3  result  the same
// One invocation a word: 32 pixels.

struct Params {
  second: u32,  // 1 in the second half
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> bits: array<u32>;
@group(0) @binding(3) var<storage, read_write> result: array<u32>;

fn word(x: i32, b: i32) -> u32 {
  let inside = x >= 0 && x < i32(band.width) && b >= 0 && b < i32(band.height);
  // An index within the binding is read in any case.
  let index = u32(clamp(b, 0, i32(band.height) - 1)) * band.width + u32(clamp(x, 0, i32(band.width) - 1)) - band.base.x;
  return select(0u, bits[index], inside);
}

// A column's pixels in the row above each, in the same row, and in the row below.
fn column(x: i32, b: i32) -> vec3u {
  let here = word(x, b);
  return vec3u((here << 1) | (word(x, b - 1) >> 31), here, (here >> 1) | (word(x, b + 1) << 31));
}

fn two_of(a: u32, b: u32, c: u32, d: u32) -> u32 {
  return (a & b) | (c & d) | ((a | b) & (c | d));
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = i32(id.x);
  let b = i32(band.first + id.y);
  if (x >= i32(band.width) || b >= i32(band.end)) { return; }
  let middle = column(x, b);
  var kept = middle.y;
  if (kept != 0) {
    let left = column(x - 1, b);
    let right = column(x + 1, b);
    let nw = left.x; let n = middle.x; let ne = right.x;
    let w = left.y; let e = right.y;
    let sw = left.z; let s = middle.z; let se = right.z;

    let c1 = ~n & (ne | e); let c2 = ~e & (se | s); let c3 = ~s & (sw | w); let c4 = ~w & (nw | n);
    let one_piece = (c1 | c2 | c3 | c4) & ~two_of(c1, c2, c3, c4);
    let a1 = nw | n; let a2 = ne | e; let a3 = se | s; let a4 = sw | w;
    let b1 = n | ne; let b2 = e | se; let b3 = s | sw; let b4 = w | nw;
    let enough = two_of(a1, a2, a3, a4) & two_of(b1, b2, b3, b4);
    let all = a1 & a2 & a3 & a4 & b1 & b2 & b3 & b4;
    let m = select(e & (n | ne | ~se), w & (s | sw | ~nw), params.second == 1);
    kept &= ~(one_piece & enough & ~all & ~m);
  }
  result[u32(b) * band.width + u32(x) - band.output_base] = kept;
}
