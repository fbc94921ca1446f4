/** The eight neighbours of a pixel as bits of a byte, clockwise: n, ne, e, se, s, sw, w, nw. */
const DIRECTIONS = 8;

/** Whether a pixel goes, by its neighbours: in the first half of an iteration, and in the second. */
const GOES = [goesIn(0), goesIn(1)] as const;

/** Halves of an iteration after which a pixel stays whose neighbours have stayed: it was asked in both kinds. */
const KINDS = 2;

/**
 * The skeleton of a mask that lies in memory: that of {@linkcode thin} on the device, pixel for pixel, by the same algorithm of Guo and Hall. A pixel is
 * asked again only after a neighbour has gone, so that what is done is as much as there is of rims, not of pixels and of iterations.
 *
 * @param mask crack where it exceeds 0, row-major.
 * @returns 1 on the skeleton, else 0, row-major.
 */
export function maskSkeleton(
  mask: ArrayLike<number>,
  { width, height }: { readonly width: number; readonly height: number },
): Uint8Array<ArrayBuffer> {
  // With a border of background, so that each pixel has all neighbours.
  const stride = width + 2;
  const cells = new Uint8Array(stride * (height + 2));
  let count = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0, cell = stride * (y + 1) + 1; x < width; x++, i++, cell++) {
      if (!(mask[i] > 0)) continue;
      cells[cell] = 1;
      count++;
    }
  }
  const steps = Int32Array.of(-stride, 1 - stride, 1, stride + 1, stride, stride - 1, -1, -stride - 1);
  const around = (cell: number): number => {
    let neighbours = 0;
    for (let i = 0; i < DIRECTIONS; i++) neighbours |= cells[cell + steps[i]] << i;
    return neighbours;
  };
  // Pixels that are to be asked, now and in the next half, and how often each still is. Memory that is not written to is not taken.
  let [asked, next] = [new Uint32Array(count), new Uint32Array(count)];
  const going = new Uint32Array(count);
  const left = new Uint8Array(cells.length);
  let end = 0;
  for (let cell = 0; cell < cells.length; cell++) {
    // Inside, where all neighbours are crack, nothing goes.
    if (cells[cell] === 0 || around(cell) === 0xff) continue;
    asked[end++] = cell;
    left[cell] = KINDS;
  }
  for (let half = 0; end > 0; half = 1 - half) {
    let gone = 0, kept = 0;
    for (let i = 0; i < end; i++) {
      const cell = asked[i];
      if (GOES[half][around(cell)] === 1) going[gone++] = cell;
      else if (--left[cell] > 0) next[kept++] = cell;
    }
    // All at once: each was asked about what was there before.
    for (let i = 0; i < gone; i++) cells[going[i]] = 0;
    for (let i = 0; i < gone; i++) {
      for (let k = 0; k < DIRECTIONS; k++) {
        const cell = going[i] + steps[k];
        if (cells[cell] === 0) continue;
        if (left[cell] === 0) next[kept++] = cell;
        left[cell] = KINDS;
      }
    }
    [asked, next] = [next, asked];
    end = kept;
  }
  const skeleton = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    skeleton.set(cells.subarray(stride * (y + 1) + 1, stride * (y + 1) + 1 + width), y * width);
  }
  return skeleton;
}

/**
 * Guo and Hall's algorithm A1 (doi:10.1145/62065.62074), for all neighbours that a pixel may have: it goes when
 *
 *     C = 1, 2 ≤ min(N₁, N₂) ≤ 3, and m = 0
 *     C  = ¬n ∧ (ne ∨ e) + ¬e ∧ (se ∨ s) + ¬s ∧ (sw ∨ w) + ¬w ∧ (nw ∨ n)
 *     N₁ = (nw ∨ n) + (ne ∨ e) + (se ∨ s) + (sw ∨ w)      N₂ = (n ∨ ne) + (e ∨ se) + (s ∨ sw) + (w ∨ nw)
 *     m  = e ∧ (n ∨ ne ∨ ¬se) in the first half of an iteration, w ∧ (s ∨ sw ∨ ¬nw) in the second
 */
function goesIn(half: 0 | 1): Uint8Array {
  return new Uint8Array(256).map((_, neighbours) => {
    const [n, ne, e, se, s, sw, w, nw] = Array.from({ length: DIRECTIONS }, (_, i) => neighbours >> i & 1);
    const pieces = (1 - n & (ne | e)) + (1 - e & (se | s)) + (1 - s & (sw | w)) + (1 - w & (nw | n));
    const fewest = Math.min(
      (nw | n) + (ne | e) + (se | s) + (sw | w),
      (n | ne) + (e | se) + (s | sw) + (w | nw),
    );
    const stays = half === 0 ? e & (n | ne | 1 - se) : w & (s | sw | 1 - nw);
    return Number(pieces === 1 && fewest >= 2 && fewest <= 3 && stays === 0);
  });
}
