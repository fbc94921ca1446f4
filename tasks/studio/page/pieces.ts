import type { Point, Size } from "./box.ts";

/** How far beside a piece a click still takes it, in pixels: cracks are thin. */
const REACH = 4;

/** A mask, row-major, 1 for crack. */
interface Mask extends Size {
  readonly mask: Uint8Array;
}

/** What a click takes: a piece of crack, or a hole in one. */
export interface Piece {
  readonly kind: "crack" | "hole";
  readonly pixels: readonly number[];
}

/**
 * The connected pixels of crack (of eight neighbours) that are nearest to a point and within reach; else the hole (of four neighbours)
 * that the point is in: ground which crack surrounds.
 */
export function pieceAt(image: Mask, at: Point): Piece | undefined {
  const [x, y] = [Math.round(at.x), Math.round(at.y)];
  if (x < 0 || y < 0 || x >= image.width || y >= image.height) return undefined;
  const start = y * image.width + x;
  if (image.mask[start] === 0) {
    const hole = connected(image, start, 4);
    if (!hole.some((pixel) => onBorder(pixel, image))) return { kind: "hole", pixels: hole };
  }
  const nearest = nearestCrack(image, { x, y });
  return nearest === undefined ? undefined : { kind: "crack", pixels: connected(image, nearest, 8) };
}

function nearestCrack({ mask, width, height }: Mask, { x, y }: Point): number | undefined {
  let nearest: number | undefined, least = REACH ** 2 + 1;
  for (let v = Math.max(0, y - REACH); v <= Math.min(height - 1, y + REACH); v++) {
    for (let u = Math.max(0, x - REACH); u <= Math.min(width - 1, x + REACH); u++) {
      const distance = (u - x) ** 2 + (v - y) ** 2;
      if (mask[v * width + u] === 0 || distance >= least) continue;
      [nearest, least] = [v * width + u, distance];
    }
  }
  return nearest;
}

/** The pixels of the same value that are connected with one. */
function connected({ mask, width, height }: Mask, start: number, neighbours: 4 | 8): number[] {
  const found = [start];
  const seen = new Uint8Array(mask.length);
  seen[start] = 1;
  for (let i = 0; i < found.length; i++) {
    const x = found[i] % width, y = Math.floor(found[i] / width);
    for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
      for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
        const pixel = v * width + u;
        if (seen[pixel] === 1 || mask[pixel] !== mask[start]) continue;
        if (neighbours === 4 && u !== x && v !== y) continue;
        seen[pixel] = 1;
        found.push(pixel);
      }
    }
  }
  return found;
}

function onBorder(pixel: number, { width, height }: Size): boolean {
  const x = pixel % width, y = Math.floor(pixel / width);
  return x === 0 || y === 0 || x === width - 1 || y === height - 1;
}
