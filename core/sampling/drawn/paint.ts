import type { Canvas, Colour } from "./canvas.ts";
import { coverage, type Shape } from "./shape.ts";

/** What a shape looks like. */
export interface Coat {
  /** Colour of its own; without, the ground's, whose texture then remains. */
  readonly colour?: Colour;
  /** What the colour is multiplied by; may depend on depth in the shape and on the pixel's column and row. Default 1. */
  readonly light?: number | ((depth: number, x: number, y: number) => number);
  /** Pixels to either side over which its border spreads: sharp ½. Default ½. */
  readonly softness?: number;
  /** How much of the ground it hides, 0 to 1. Default 1. */
  readonly opacity?: number | ((depth: number, x: number, y: number) => number);
}

/** Paints a shape: each pixel moves from what it is towards colour · light by coverage · opacity. */
export function paint(
  { width, pixels }: Canvas,
  shape: Shape,
  { colour, light = 1, softness = 0.5, opacity = 1 }: Coat,
): void {
  const { depth, left, top, right, bottom } = shape;
  for (let y = top; y < bottom; y++) {
    for (let x = left, i = y * width + left; x < right; x++, i++) {
      const inside = depth[i];
      if (inside <= -softness) continue;
      const cover = coverage(inside, softness) *
        (typeof opacity === "number" ? opacity : opacity(inside, x, y));
      const lit = typeof light === "number" ? light : light(inside, x, y);
      for (let c = 0, at = 3 * i; c < 3; c++, at++) {
        const ground = pixels[at];
        const target = (colour === undefined ? ground : colour[c]) * lit;
        pixels[at] = Math.min(255, Math.max(0, Math.round(ground + cover * (target - ground))));
      }
    }
  }
}
