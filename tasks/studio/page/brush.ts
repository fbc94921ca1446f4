import type { Point, Size } from "./box.ts";

/** The pixels whose centres are within half a diameter of a point; the nearest one at least. */
export function* disc({ x, y }: Point, diameter: number, { width, height }: Size): Generator<number> {
  const radius = Math.max(0.5, diameter / 2);
  const last = {
    x: Math.min(width - 1, Math.floor(x + radius)),
    y: Math.min(height - 1, Math.floor(y + radius)),
  };
  for (let v = Math.max(0, Math.ceil(y - radius)); v <= last.y; v++) {
    for (let u = Math.max(0, Math.ceil(x - radius)); u <= last.x; u++) {
      if ((u - x) ** 2 + (v - y) ** 2 <= radius ** 2) yield v * width + u;
    }
  }
  const [u, v] = [Math.round(x), Math.round(y)];
  if (u >= 0 && u < width && v >= 0 && v < height) yield v * width + u;
}

/** The pixels under a round brush that is drawn from a point to another. */
export function* brushed(from: Point, to: Point, diameter: number, size: Size): Generator<number> {
  const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y)));
  for (let i = 0; i <= steps; i++) {
    const share = i / steps;
    yield* disc({ x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) }, diameter, size);
  }
}
