import type { PlaneSource } from "../../core/gpu/compute.ts";

const AXES = [[1, 0], [-1, 0], [0, 1], [0, -1]] as const;
const DIAGONALS = [[1, 1], [-1, 1], [1, -1], [-1, -1]] as const;

/** The pixels of each 8-connected piece, by flooding, in the order of their first pixels. */
export function connectedComponentsOracle(mask: PlaneSource): number[][] {
  return flood(mask, (value) => value > 0, [...AXES, ...DIAGONALS]);
}

/** Pieces of 4-connected background that do not reach the border of the image. */
export function countHoles(mask: PlaneSource): number {
  const { width, height } = mask;
  return flood(mask, (value) => !(value > 0), AXES).filter((piece) =>
    piece.every((i) => {
      const x = i % width, y = Math.floor(i / width);
      return x > 0 && x < width - 1 && y > 0 && y < height - 1;
    })
  ).length;
}

function flood(
  { width, height, data }: PlaneSource,
  wanted: (value: number) => boolean,
  steps: readonly (readonly [number, number])[],
): number[][] {
  const seen = new Uint8Array(data.length);
  const pieces: number[][] = [];
  for (let start = 0; start < data.length; start++) {
    if (seen[start] || !wanted(data[start])) continue;
    const piece = [start];
    seen[start] = 1;
    for (const i of piece) {
      for (const [dx, dy] of steps) {
        const x = i % width + dx, y = Math.floor(i / width) + dy;
        const j = y * width + x;
        if (x < 0 || x >= width || y < 0 || y >= height || seen[j] || !wanted(data[j])) continue;
        seen[j] = 1;
        piece.push(j);
      }
    }
    pieces.push(piece);
  }
  return pieces;
}
