import type { Canvas } from "./canvas.ts";

/** A point of a stroke, in pixels; the pixel (0, 0) has its centre at (½, ½). */
export interface Node {
  readonly x: number;
  readonly y: number;
  /** Half the width of the stroke here, in pixels. */
  readonly radius: number;
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

  constructor({ width, height }: { readonly width: number; readonly height: number }, margin = 2) {
    this.width = this.left = width;
    this.height = this.top = height;
    this.#margin = margin;
    this.depth = new Float32Array(width * height).fill(-Infinity);
  }

  /** Joins a line through the nodes, round at its ends, its width linear from node to node. */
  stroke(nodes: readonly Node[], roughness?: Roughness): this {
    if (nodes.length === 1) this.#segment(nodes[0], nodes[0], roughness);
    for (let i = 1; i < nodes.length; i++) this.#segment(nodes[i - 1], nodes[i], roughness);
    return this;
  }

  #segment(a: Node, b: Node, roughness: Roughness | undefined): void {
    if (a.radius <= 0 && b.radius <= 0) return;
    const reach = Math.max(a.radius, b.radius) * (1 + (roughness?.most ?? 0)) + this.#margin;
    const box = this.#touch(
      Math.min(a.x, b.x) - reach,
      Math.min(a.y, b.y) - reach,
      Math.max(a.x, b.x) + reach,
      Math.max(a.y, b.y) + reach,
    );
    const dx = b.x - a.x, dy = b.y - a.y, widening = b.radius - a.radius;
    const square = dx * dx + dy * dy, inverse = square > 0 ? 1 / square : 0;
    const { depth, width } = this;
    for (let y = box.top; y < box.bottom; y++) {
      const fromY = y + 0.5 - a.y;
      for (let x = box.left, i = y * width + x; x < box.right; x++, i++) {
        const fromX = x + 0.5 - a.x;
        const along = Math.min(1, Math.max(0, (fromX * dx + fromY * dy) * inverse));
        const offX = fromX - along * dx, offY = fromY - along * dy;
        let radius = a.radius + along * widening;
        if (roughness !== undefined) radius += roughness.of(radius, i);
        const inside = radius - Math.sqrt(offX * offX + offY * offY);
        if (inside > depth[i] && inside > -this.#margin) depth[i] = inside;
      }
    }
  }

  /** Joins a convex polygon, its corners in either direction of turning. */
  polygon(corners: readonly { readonly x: number; readonly y: number }[]): this {
    const edges = corners.map((a, i) => {
      const b = corners[(i + 1) % corners.length];
      const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
      return { x: a.x, y: a.y, normalX: (a.y - b.y) / length, normalY: (b.x - a.x) / length };
    });
    const centreX = corners.reduce((sum, { x }) => sum + x, 0) / corners.length;
    const centreY = corners.reduce((sum, { y }) => sum + y, 0) / corners.length;
    const xs = corners.map(({ x }) => x), ys = corners.map(({ y }) => y), m = this.#margin;
    const box = this.#touch(
      Math.min(...xs) - m,
      Math.min(...ys) - m,
      Math.max(...xs) + m,
      Math.max(...ys) + m,
    );
    // The centre is inside: it says which side of an edge is.
    const turned = edges.map((edge) => {
      const inside = (centreX - edge.x) * edge.normalX + (centreY - edge.y) * edge.normalY;
      return inside < 0 ? { ...edge, normalX: -edge.normalX, normalY: -edge.normalY } : edge;
    });
    for (let y = box.top; y < box.bottom; y++) {
      for (let x = box.left; x < box.right; x++) {
        let inside = Infinity;
        for (const edge of turned) {
          inside = Math.min(
            inside,
            (x + 0.5 - edge.x) * edge.normalX + (y + 0.5 - edge.y) * edge.normalY,
          );
        }
        const i = y * this.width + x;
        if (inside > this.depth[i] && inside > -m) this.depth[i] = inside;
      }
    }
    return this;
  }

  /** Joins what a function says the depth of a pixel's centre is. */
  fill(depthAt: (x: number, y: number) => number): this {
    const box = this.#touch(0, 0, this.width, this.height);
    for (let y = 0, i = 0; y < box.bottom; y++) {
      for (let x = 0; x < box.right; x++, i++) {
        const inside = depthAt(x + 0.5, y + 0.5);
        if (inside > this.depth[i] && inside > -this.#margin) this.depth[i] = inside;
      }
    }
    return this;
  }

  /** The part of a box that lies on the canvas; the bounds grow by it. */
  #touch(left: number, top: number, right: number, bottom: number): Box {
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

/** What makes the border of a stroke ragged. */
export interface Roughness {
  /** The most that it widens a stroke, as a share of its radius. */
  readonly most: number;
  /** Pixels by which the stroke's radius is larger in a pixel, given by its index. */
  of(radius: number, pixel: number): number;
}

/** How much of a pixel is covered, given its depth, where the border's edge spreads over ± `softness` pixels. */
export function coverage(depth: number, softness = 0.5): number {
  return Math.min(1, Math.max(0, (depth + softness) / (2 * softness)));
}

/** Notes a shape as crack. Its border is sharp: what optics spread beyond it is no crack. */
export function recordCrack(canvas: Canvas, shape: Shape): void {
  const { crack, width } = canvas;
  for (let y = shape.top; y < shape.bottom; y++) {
    for (let i = y * width + shape.left; i < y * width + shape.right; i++) {
      crack[i] = Math.max(crack[i], Math.round(255 * coverage(shape.depth[i])));
    }
  }
}
