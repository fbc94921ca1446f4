import type { Canvas } from "../../../../core/sampling/drawn/canvas.ts";

/** A canvas without crack, of one grey or of these pixels. */
export function canvasOf(width: number, height: number, ground: number | ArrayLike<number> = 140): Canvas {
  const pixels = typeof ground === "number"
    ? new Uint8Array(3 * width * height).fill(ground)
    : Uint8Array.from(ground);
  return { width, height, pixels, crack: new Uint8Array(width * height) };
}

/** Whether each pixel differs from what it was. */
export function altered({ pixels, crack }: Canvas, before: Uint8Array): boolean[] {
  return Array.from(crack, (_, i) => [0, 1, 2].some((c) => pixels[3 * i + c] !== before[3 * i + c]));
}
