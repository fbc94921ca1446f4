/**
 * The localisation of each cell from the logits of all, by the definition: a window of `size` × `size` cells scores the sigmoid of the mean of
 * its cells that there are, and a cell has the mean of the windows over it that begin at most `size − 1` cells before it.
 */
export function windowScoresOracle(
  logits: ArrayLike<number>,
  { columns, rows, size }: { readonly columns: number; readonly rows: number; readonly size: number },
): Float64Array {
  const score = (left: number, top: number): number => {
    const inside: number[] = [];
    for (let y = top; y < top + size; y++) {
      for (let x = left; x < left + size; x++) {
        if (x >= 0 && x < columns && y >= 0 && y < rows) inside.push(logits[y * columns + x]);
      }
    }
    return 1 / (1 + Math.exp(-inside.reduce((sum, z) => sum + z, 0) / inside.length));
  };
  return Float64Array.from({ length: columns * rows }, (_, cell) => {
    const x = cell % columns, y = Math.floor(cell / columns);
    let sum = 0;
    for (let dy = 0; dy < size; dy++) {
      for (let dx = 0; dx < size; dx++) sum += score(x - dx, y - dy);
    }
    return sum / size ** 2;
  });
}
