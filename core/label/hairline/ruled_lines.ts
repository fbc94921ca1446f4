import type { Marked } from "./plausible_pieces.ts";

/** The window of a structure tensor reaches this far to all sides, in pixels at the first scale that was looked at. */
const REACH = 6;

/** Directions are told apart by this many degrees, of 90: two that are at right angles count as one. */
const BIN_DEGREES = 2;

/** How many neighbouring directions count as the same. */
const BINS_TOGETHER = 4;

/** Where the squares of all slopes sum to less there is no direction, only roundings. */
const LEAST_SLOPE = 1e-9;

/**
 * How much of what is marked runs in one direction or at right angles to it, within 8°: joints of tiles, bricks and panels do, cracks wander.
 *
 * The direction at a pixel is that of the structure tensor J = Σ ∇c ∇cᵀ of the confidence c in a window around it, θ = ½ atan2(2 J_xy, J_xx − J_yy); pixels
 * count by their coherence √((J_xx − J_yy)² + 4 J_xy²) / (J_xx + J_yy) (Jähne 1993, doi:10.1007/978-3-662-04781-1).
 *
 * @returns 0..1: of photos with cracks at most 0.6, of walls whose joints are marked mostly 0.7 to 1.
 */
export function ruledShare({ width, height, mask, confidence, scale }: Marked): number {
  // Of a photo with more pixels than detail every step-th tells as much.
  const step = Math.max(1, Math.round(1 / scale));
  const columns = Math.ceil(width / step), rows = Math.ceil(height / step);
  const at = (x: number, y: number) =>
    confidence[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))];
  // J_xx, J_xy, J_yy of each column of the window's rows: a band of a photo, however large it is.
  const bands = new Float64Array(3 * columns);
  const addRow = (row: number, sign: 1 | -1): void => {
    if (row < 0 || row >= rows) return;
    const y = row * step;
    for (let column = 0; column < columns; column++) {
      const x = column * step;
      const dx = at(x + step, y) - at(x - step, y), dy = at(x, y + step) - at(x, y - step);
      bands[3 * column] += sign * dx * dx;
      bands[3 * column + 1] += sign * dx * dy;
      bands[3 * column + 2] += sign * dy * dy;
    }
  };
  const histogram = new Float64Array(90 / BIN_DEGREES);
  const upTo = new Float64Array(3 * (columns + 1));
  for (let row = 0; row < REACH; row++) addRow(row, 1);
  for (let row = 0; row < rows; row++) {
    addRow(row + REACH, 1);
    addRow(row - REACH - 1, -1);
    for (let i = 0; i < bands.length; i++) upTo[i + 3] = upTo[i] + bands[i];
    for (let column = 0; column < columns; column++) {
      if (mask[row * step * width + column * step] === 0) continue;
      const first = 3 * Math.max(0, column - REACH), end = 3 * Math.min(columns, column + REACH + 1);
      const [xx, xy, yy] = [0, 1, 2].map((i) => upTo[end + i] - upTo[first + i]);
      if (xx + yy < LEAST_SLOPE) continue;
      const degrees = 90 / Math.PI * Math.atan2(2 * xy, xx - yy);
      const bin = Math.floor((degrees + 180) % 90 / BIN_DEGREES) % histogram.length;
      histogram[bin] += Math.hypot(xx - yy, 2 * xy) / (xx + yy);
    }
  }
  const all = histogram.reduce((sum, value) => sum + value, 0);
  return all === 0 ? 0 : mostTogether(histogram) / all;
}

/** The most that neighbouring bins have together; the last is beside the first. */
function mostTogether(histogram: Float64Array): number {
  let most = 0;
  for (let first = 0; first < histogram.length; first++) {
    let together = 0;
    for (let i = 0; i < BINS_TOGETHER; i++) together += histogram[(first + i) % histogram.length];
    most = Math.max(most, together);
  }
  return most;
}
