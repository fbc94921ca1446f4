// The simplex of the permutohedral lattice around a pixel, for kernels that begin with it (mark SIMPLEX). In the space of place and colour
// (x, y, red, green, blue), each axis in units of its Gaussian's deviation and scaled as the lattice wants it, a point is lifted into the
// plane of the six coordinates whose sum is 0, and enclosed by
//
//     corner c:  6 qᵢ + (rankᵢ ≤ 5 − c ? c : c − 6),   i = 0 … 5,   c = 0 … 5
//
// with barycentric coordinates s(5 − c) − s(6 − c), for c = 0 one more, s(r) being a sixth of the difference of rank r from 6 q.
// A. Adams, J. Baek and M. A. Davis 2010, doi:10.1111/j.1467-8659.2009.01645.x.

struct Simplex {
  origin: array<i32, 6>,  // q
  ranks: array<i32, 6>,   // of the coordinates' differences from 6 q, the greatest first
  shares: array<f32, 6>,  // barycentric coordinates, by corner
}

fn simplex_around(point: array<f32, 5>) -> Simplex {
  var lifted: array<f32, 6>;
  var sum = 0.0;
  for (var i = 5; i > 0; i--) {
    lifted[i] = sum - f32(i) * point[i - 1];
    sum += point[i - 1];
  }
  lifted[0] = sum;
  // The nearest point whose coordinates are multiples of 6; where these don't add up to 0, those that were rounded most go back.
  var found: Simplex;
  var excess = 0;
  for (var i = 0; i < 6; i++) {
    let q = floor(lifted[i] / 6.0 + 0.5);
    found.origin[i] = i32(q);
    excess += i32(q);
    lifted[i] -= 6.0 * q;
  }
  for (var i = 0; i < 5; i++) {
    for (var j = i + 1; j < 6; j++) {
      let less = lifted[i] < lifted[j];
      found.ranks[i] += i32(less);
      found.ranks[j] += i32(!less);
    }
  }
  var parts: array<f32, 6>;
  for (var i = 0; i < 6; i++) {
    let rank = found.ranks[i] + excess;
    let turn = select(0, 1, rank < 0) - select(0, 1, rank > 5);
    found.ranks[i] = rank + 6 * turn;
    found.origin[i] += turn;
    parts[found.ranks[i]] = lifted[i] / 6.0 - f32(turn);
  }
  found.shares[0] = parts[5] + 1.0 - parts[0];
  for (var c = 1; c < 6; c++) { found.shares[c] = parts[5 - c] - parts[6 - c]; }
  return found;
}
