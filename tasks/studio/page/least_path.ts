/** What it costs to step onto each pixel of a grid, in whole parts: row-major, 0 where nobody may step. */
export interface StepCosts {
  /** Columns. The first and last row and column are closed, so that no step leads out of the grid. */
  readonly width: number;
  /** From the left, the right, above or below. */
  readonly straight: Uint16Array;
  /** From a corner. */
  readonly diagonal: Uint16Array;
}

/** More than any step may cost. */
const BUCKETS = 512;

/**
 * The path of least cost from one pixel of a grid to another, by Dijkstra (1959, doi:10.1007/BF01386390). Pixels wait in buckets by their costs, in
 * which none is beyond the least by more than a step (Dial 1969, doi:10.1145/363269.363610); each bucket is a list that is linked through the pixels.
 *
 * Only what is near the path is touched: of a large grid, memory costs nothing where nobody may step.
 *
 * @param costs of steps, below 512.
 * @returns the pixels from `start` to `end`, both included; `end` alone if no path leads there.
 */
export function leastPath({ width, straight, diagonal }: StepCosts, start: number, end: number): number[] {
  // The corner is closed, so 0 stands for no pixel, and for no cost that is known; costs are kept one higher.
  const known = new Int32Array(straight.length), before = new Int32Array(straight.length);
  const next = new Int32Array(straight.length), previous = new Int32Array(straight.length);
  const heads = new Int32Array(BUCKETS);
  const neighbours = Int32Array.of(-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1);
  const steps = [diagonal, straight, diagonal, straight, straight, diagonal, straight, diagonal];
  let waiting = 1;
  known[start] = 1;
  heads[1] = start;
  for (let cost = 1; waiting > 0; cost++) {
    const bucket = cost % BUCKETS;
    for (let pixel = heads[bucket]; pixel !== 0; pixel = heads[bucket]) {
      if (pixel === end) return walkedBack(before, end);
      heads[bucket] = next[pixel];
      previous[next[pixel]] = 0;
      waiting--;
      for (let i = 0; i < 8; i++) {
        const neighbour = pixel + neighbours[i];
        const step = steps[i][neighbour];
        if (step === 0) continue;
        const total = cost + step, earlier = known[neighbour];
        if (earlier !== 0) {
          if (earlier <= total) continue;
          // It waits in another bucket so far.
          const [up, down] = [previous[neighbour], next[neighbour]];
          if (up === 0) heads[earlier % BUCKETS] = down;
          else next[up] = down;
          previous[down] = up;
        } else waiting++;
        known[neighbour] = total;
        before[neighbour] = pixel;
        const head = heads[total % BUCKETS];
        next[neighbour] = head;
        previous[neighbour] = 0;
        previous[head] = neighbour;
        heads[total % BUCKETS] = neighbour;
      }
    }
  }
  return [end];
}

function walkedBack(before: Int32Array, end: number): number[] {
  const path: number[] = [];
  for (let pixel = end; pixel !== 0; pixel = before[pixel]) path.push(pixel);
  return path.reverse();
}
