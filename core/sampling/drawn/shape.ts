import { type Area, type Canvas, clamped, type Colour } from "./canvas.ts";

/** A place on a canvas, in pixels: the pixel (0, 0) has its centre at (½, ½). */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A point of a stroke. */
export interface Node extends Point {
  /** Half the width of the stroke here, in pixels. */
  readonly radius: number;
}

/** What makes the border of a stroke ragged. */
export interface Roughness {
  /** The most that it widens a stroke, as a share of its radius. */
  readonly most: number;
  /** H × W values in [−1, 1], times `most` what widens the stroke. */
  readonly plane: Float32Array;
}

/**
 * What is drawn, as a signed distance: how deep a pixel's centre lies inside, in pixels, negative outside. Whatever is joined to it is
 * joined by the maximum. Outside it is known as far as `margin` from the border, and −∞ beyond.
 */
export class Shape {
  readonly width: number;
  readonly height: number;
  /** H × W signed distances. */
  readonly depth: Float32Array;
  readonly #margin: number;
  /** Columns and rows that hold anything; right and bottom are excluded. */
  left: number;
  top: number;
  right = 0;
  bottom = 0;

  constructor({ width, height }: Area, margin = 2) {
    this.width = this.left = width;
    this.height = this.top = height;
    this.#margin = margin;
    this.depth = new Float32Array(width * height).fill(-Infinity);
  }

  /** Joins a line through the nodes, round at its ends, its width linear from node to node; of one node alone, a disc. */
  stroke(nodes: readonly Node[], roughness?: Roughness): this {
    if (nodes.length === 1) this.#segment(nodes[0], nodes[0], roughness);
    for (let i = 1; i < nodes.length; i++) this.#segment(nodes[i - 1], nodes[i], roughness);
    return this;
  }

  #segment(a: Node, b: Node, roughness: Roughness | undefined): void {
    const most = roughness?.most ?? 0;
    const reach = Math.max(a.radius, b.radius) * (1 + most) + this.#margin;
    const { left, top, right, bottom } = this.#grow(
      Math.min(a.x, b.x) - reach,
      Math.min(a.y, b.y) - reach,
      Math.max(a.x, b.x) + reach,
      Math.max(a.y, b.y) + reach,
    );
    const dx = b.x - a.x, dy = b.y - a.y, widening = b.radius - a.radius;
    const square = dx * dx + dy * dy, inverse = square > 0 ? 1 / square : 0;
    const { depth, width } = this;
    for (let y = top; y < bottom; y++) {
      const fromY = y + 0.5 - a.y;
      for (let x = left, i = y * width + left; x < right; x++, i++) {
        const fromX = x + 0.5 - a.x;
        const along = Math.min(1, Math.max(0, (fromX * dx + fromY * dy) * inverse));
        const offX = fromX - along * dx, offY = fromY - along * dy;
        const square = offX * offX + offY * offY;
        if (square > reach * reach) continue;
        let radius = a.radius + along * widening;
        // What crumbles off a border does not grow with the stroke without end.
        if (roughness !== undefined) radius += most * roughness.plane[i] * radius / (1 + radius / 8);
        const inside = radius - Math.sqrt(square);
        if (inside > depth[i]) depth[i] = inside;
      }
    }
  }

  /** Joins a convex polygon, its corners in order, in either direction. */
  polygon(corners: readonly Point[]): this {
    const xs = corners.map(({ x }) => x), ys = corners.map(({ y }) => y);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const centreX = mean(xs), centreY = mean(ys);
    const edges = corners.map((a, i) => {
      const b = corners[(i + 1) % corners.length];
      const alongX = b.x - a.x, alongY = b.y - a.y;
      // The centre is inside: it says which side of an edge is.
      const turn = Math.sign(alongX * (centreY - a.y) - alongY * (centreX - a.x));
      const scale = turn / (Math.sqrt(alongX * alongX + alongY * alongY) || 1);
      return { x: a.x, y: a.y, normalX: -alongY * scale, normalY: alongX * scale };
    });
    const margin = this.#margin;
    const box = this.#grow(
      Math.min(...xs) - margin,
      Math.min(...ys) - margin,
      Math.max(...xs) + margin,
      Math.max(...ys) + margin,
    );
    for (let y = box.top; y < box.bottom; y++) {
      for (let x = box.left, i = y * this.width + x; x < box.right; x++, i++) {
        let inside = Infinity;
        for (const edge of edges) {
          const from = (x + 0.5 - edge.x) * edge.normalX + (y + 0.5 - edge.y) * edge.normalY;
          if (from < inside) inside = from;
        }
        if (inside > this.depth[i]) this.depth[i] = inside;
      }
    }
    return this;
  }

  /** Joins what a function says the depth of a pixel is, whose centre and index it is given. */
  fill(depthAt: (x: number, y: number, pixel: number) => number): this {
    const { right, bottom } = this.#grow(0, 0, this.width, this.height);
    for (let y = 0, i = 0; y < bottom; y++) {
      for (let x = 0; x < right; x++, i++) {
        const inside = depthAt(x + 0.5, y + 0.5, i);
        if (inside > this.depth[i]) this.depth[i] = inside;
      }
    }
    return this;
  }

  /** The part of a box that lies on the canvas; the bounds grow by it. */
  #grow(left: number, top: number, right: number, bottom: number): Box {
    const box = {
      left: Math.max(0, Math.floor(left)),
      top: Math.max(0, Math.floor(top)),
      right: Math.min(this.width, Math.ceil(right)),
      bottom: Math.min(this.height, Math.ceil(bottom)),
    };
    if (box.left < box.right && box.top < box.bottom) {
      this.left = Math.min(this.left, box.left);
      this.top = Math.min(this.top, box.top);
      this.right = Math.max(this.right, box.right);
      this.bottom = Math.max(this.bottom, box.bottom);
    }
    return box;
  }
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** How much of a pixel is covered, given its depth, where the border's edge spreads over ± `softness` pixels. */
function coverage(depth: number, softness: number): number {
  return Math.min(1, Math.max(0, (depth + softness) / (2 * softness)));
}

/** The same all over a shape, or by a pixel's depth and index. */
type Varying = number | ((depth: number, pixel: number) => number);

/** What a shape looks like. */
export interface Coat {
  /** Colour of its own; without, the ground's, whose texture then remains. */
  readonly colour?: Colour;
  /** What the colour is multiplied by. Default 1. */
  readonly light?: Varying;
  /** Pixels to either side over which its border spreads: sharp ½, the default. The shape must be known as far out. */
  readonly softness?: number;
  /** How much of the ground it hides, 0 to 1. Default 1. */
  readonly opacity?: Varying;
}

/** Paints a shape: each pixel moves from what it is towards colour · light by coverage · opacity. */
export function paint(
  { width, pixels }: Canvas,
  { depth, left, top, right, bottom }: Shape,
  { colour, light = 1, softness = 0.5, opacity = 1 }: Coat,
): void {
  const bytes = clamped(pixels);
  for (let y = top; y < bottom; y++) {
    for (let x = left, i = y * width + left; x < right; x++, i++) {
      const inside = depth[i];
      if (inside <= -softness) continue;
      const cover = coverage(inside, softness) * (typeof opacity === "number" ? opacity : opacity(inside, i));
      const lit = typeof light === "number" ? light : light(inside, i);
      if (cover === 0) continue;
      for (let c = 0, at = 3 * i; c < 3; c++, at++) {
        const ground = bytes[at];
        bytes[at] = ground + cover * ((colour === undefined ? ground : colour[c]) * lit - ground);
      }
    }
  }
}

/** Notes a shape as crack. Its border is sharp: what optics spread beyond it is no crack. */
export function recordCrack({ crack, width }: Canvas, shape: Shape): void {
  for (let y = shape.top; y < shape.bottom; y++) {
    for (let i = y * width + shape.left; i < y * width + shape.right; i++) {
      crack[i] = Math.max(crack[i], Math.round(255 * coverage(shape.depth[i], 0.5)));
    }
  }
}

/** What the ground is like. */
export interface Ground {
  /** Mean colour. */
  readonly colour: Colour;
  /** Standard deviation of the grey values. */
  readonly deviation: number;
}

/** The ground inside a shape; undefined where no pixel's centre is. */
export function groundUnder({ pixels, width }: Canvas, shape: Shape): Ground | undefined {
  let red = 0, green = 0, blue = 0, squares = 0, count = 0;
  for (let y = shape.top; y < shape.bottom; y++) {
    for (let i = y * width + shape.left; i < y * width + shape.right; i++) {
      if (shape.depth[i] <= 0) continue;
      const r = pixels[3 * i], g = pixels[3 * i + 1], b = pixels[3 * i + 2];
      red += r;
      green += g;
      blue += b;
      squares += (r + g + b) * (r + g + b) / 9;
      count++;
    }
  }
  if (count === 0) return undefined;
  const mean = (red + green + blue) / (3 * count);
  return {
    colour: [red / count, green / count, blue / count],
    deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)),
  };
}
