/** A mask's maps, row-major, H × W. */
export interface MaskMaps {
  readonly width: number;
  readonly height: number;
  /** 1 on the skeleton: `maskSkeleton()`, or `thin()` on the device. */
  readonly skeleton: ArrayLike<number>;
  /** To the nearest background pixel, in pixels: `distanceTransform()`. */
  readonly distances: ArrayLike<number>;
}

/** A place in an image, in pixels: the centre of the pixel in column x and row y is (x, y). */
export interface Point {
  /** From left to right. */
  readonly x: number;
  /** From top to bottom. */
  readonly y: number;
}

/** Where branches end or meet. */
export interface GraphNode extends Point {
  /** Its pixels, as indices into the maps; the middle of several is its place. */
  readonly pixels: readonly number[];
  /** The greatest distance to the background of its pixels. */
  readonly distance: number;
}

/** A line of the skeleton between two nodes, or round in a circle. */
export interface GraphBranch {
  /** The nodes that it begins and ends at, the same one of a loop; undefined where it goes round without any. */
  readonly nodes: readonly [from: GraphNode, to: GraphNode] | undefined;
  /** The pixels between its nodes in order, as indices into the maps. */
  readonly pixels: readonly number[];
}

/** A skeleton as lines between ends and junctions. */
export interface SkeletonGraph {
  readonly branches: readonly GraphBranch[];
  /** How many branches come together at a node: 1 at an end, 3 and more at a junction, 0 where a piece is a single pixel. */
  degree(node: GraphNode): number;
}

/** Options of {@linkcode skeletonGraph}. */
export interface SkeletonGraphOptions {
  /** Whether to leave out spurs: branches with a free end that are shorter than the mask is wide where they begin. */
  readonly prune: boolean;
}

/** The eight neighbours, clockwise from the right. */
const AROUND = [[1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1], [1, -1]] as const;

/** A branch while spurs are left out. */
interface Draft {
  nodes: [GraphNode, GraphNode] | undefined;
  pixels: number[];
}

/**
 * The skeleton of a mask as a graph.
 *
 * Corners of three pixels, of which thinning leaves some, are cut first: then each pixel of a line has two neighbours, one at an end has one,
 * and those with three and more that touch are one junction.
 */
export function skeletonGraph(maps: MaskMaps, { prune }: SkeletonGraphOptions): SkeletonGraph {
  const pixels = new SkeletonPixels(maps);
  pixels.cutCorners();
  let branches = traceBranches(pixels);
  if (prune) branches = pruneSpurs(branches, pixels);
  const degrees = degreesOf(branches);
  return { branches, degree: (node) => degrees.get(node) ?? 0 };
}

/** The pixels of a skeleton and what lies around each. */
class SkeletonPixels {
  readonly #maps: MaskMaps;
  readonly #on: Uint8Array;
  /** In the order of rows. */
  #all: number[] = [];

  constructor(maps: MaskMaps) {
    this.#maps = maps;
    this.#on = new Uint8Array(maps.skeleton.length).map((_, i) => Number(maps.skeleton[i] > 0));
    this.#on.forEach((value, i) => value && this.#all.push(i));
  }

  get all(): readonly number[] {
    return this.#all;
  }

  point(pixel: number): Point {
    const { width } = this.#maps;
    return { x: pixel % width, y: Math.floor(pixel / width) };
  }

  distance(pixel: number): number {
    return this.#maps.distances[pixel];
  }

  /** The pixel in each direction of {@linkcode AROUND}, or −1. */
  around(pixel: number): number[] {
    const { width, height } = this.#maps;
    const { x, y } = this.point(pixel);
    return AROUND.map(([dx, dy]) => {
      const [u, v] = [x + dx, y + dy];
      return u >= 0 && u < width && v >= 0 && v < height && this.#on[v * width + u] === 1
        ? v * width + u
        : -1;
    });
  }

  neighbours(pixel: number): number[] {
    return this.around(pixel).filter((other) => other >= 0);
  }

  /**
   * Takes away, one after the other, pixels that are no end and without which as many pieces and holes are there: those around
   * which the number of 8-connected pieces, Σ ¬p₂ₖ₋₁ ∧ (p₂ₖ ∨ p₂ₖ₊₁), is one.
   */
  cutCorners(): void {
    this.#all = this.#all.filter((pixel) => {
      const p = this.around(pixel).map((other) => other >= 0);
      if (p.filter(Boolean).length < 2) return true;
      let pieces = 0;
      for (let k = 0; k < 8; k += 2) if (!p[k] && (p[k + 1] || p[(k + 2) % 8])) pieces++;
      // All four sides are crack: without this pixel there would be a hole.
      if (pieces !== 1) return true;
      this.#on[pixel] = 0;
      return false;
    });
  }
}

function traceBranches(skeleton: SkeletonPixels): Draft[] {
  const nodeOf = findNodes(skeleton);
  const branches: Draft[] = [];
  const seen = new Set<number>();
  for (const [start, node] of nodeOf) {
    for (const first of skeleton.neighbours(start)) {
      const other = nodeOf.get(first);
      if (other === node || seen.has(first)) continue;
      if (other !== undefined) {
        // Two nodes side by side, found from both: an end beside a junction, or two ends.
        if (start < first) branches.push({ nodes: [node, other], pixels: [] });
        continue;
      }
      const pixels: number[] = [];
      // Each pixel of a line has one neighbour besides that which it was come to from.
      let last = start, at = first;
      for (let end = nodeOf.get(at); end === undefined; end = nodeOf.get(at)) {
        pixels.push(at);
        seen.add(at);
        const next: number = skeleton.neighbours(at).find((pixel) => pixel !== last)!;
        [last, at] = [at, next];
      }
      branches.push({ nodes: [node, nodeOf.get(at)!], pixels });
    }
  }
  for (const node of new Set(nodeOf.values())) {
    if (node.pixels.every((pixel) => skeleton.neighbours(pixel).length === 0)) {
      branches.push({ nodes: [node, node], pixels: [] });
    }
  }
  // What is left goes round without an end or a junction.
  for (const start of skeleton.all) {
    if (seen.has(start) || nodeOf.has(start)) continue;
    const pixels: number[] = [];
    for (let at: number | undefined = start; at !== undefined;) {
      pixels.push(at);
      seen.add(at);
      at = skeleton.neighbours(at).find((pixel) => !seen.has(pixel));
    }
    branches.push({ nodes: undefined, pixels });
  }
  return branches;
}

/** The node of each pixel that belongs to one: pixels without exactly two neighbours, those that touch together. */
function findNodes(skeleton: SkeletonPixels): Map<number, GraphNode> {
  const nodeOf = new Map<number, GraphNode>();
  const crossings = new Set(skeleton.all.filter((pixel) => skeleton.neighbours(pixel).length > 2));
  const visited = new Set<number>();
  for (const pixel of skeleton.all) {
    if (skeleton.neighbours(pixel).length === 2 || visited.has(pixel)) continue;
    const cluster = [pixel];
    visited.add(pixel);
    if (crossings.has(pixel)) {
      for (const member of cluster) {
        for (const other of skeleton.neighbours(member)) {
          if (!crossings.has(other) || visited.has(other)) continue;
          visited.add(other);
          cluster.push(other);
        }
      }
    }
    const points = cluster.map((member) => skeleton.point(member));
    const node = {
      x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
      y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
      pixels: cluster,
      distance: Math.max(...cluster.map((member) => skeleton.distance(member))),
    };
    for (const member of cluster) nodeOf.set(member, node);
  }
  return nodeOf;
}

function degreesOf(branches: readonly Draft[]): Map<GraphNode, number> {
  const degrees = new Map<GraphNode, number>();
  for (const { nodes, pixels } of branches) {
    if (nodes === undefined || (nodes[0] === nodes[1] && pixels.length === 0)) continue;
    for (const node of nodes) degrees.set(node, (degrees.get(node) ?? 0) + 1);
  }
  return degrees;
}

/**
 * Leaves out branches that begin at a junction, end freely, and reach less far than the mask is wide at the junction, the shortest first.
 * Where two branches are left at a junction, they are one.
 */
function pruneSpurs(drafts: readonly Draft[], skeleton: SkeletonPixels): Draft[] {
  const branches = new Set(drafts);
  const at = new Map<GraphNode, Set<Draft>>();
  const touch = (branch: Draft, node: GraphNode) => {
    const set = at.get(node) ?? new Set();
    at.set(node, set.add(branch));
  };
  for (const branch of branches) branch.nodes?.forEach((node) => touch(branch, node));
  const degree = (node: GraphNode) =>
    [...at.get(node) ?? []].reduce((sum, { nodes }) => sum + (nodes![0] === nodes![1] ? 2 : 1), 0);
  /** How far a spur exceeds what is left out; undefined for what is no spur. */
  const excess = ({ nodes, pixels }: Draft): number | undefined => {
    if (nodes === undefined || nodes[0] === nodes[1]) return undefined;
    const [end, junction] = degree(nodes[0]) === 1 ? nodes : [nodes[1], nodes[0]];
    if (degree(end) !== 1 || degree(junction) < 3) return undefined;
    const path = [junction, ...pixels.map((pixel) => skeleton.point(pixel)), end];
    // From the middle of the junction to the edge of the mask, against its width there and the pixel that both are uncertain by.
    const between = nodes[1] === end ? path : [junction, ...path.slice(1, -1).reverse(), end];
    return lengthOf(between) + end.distance - 0.5 - 2 * junction.distance;
  };
  for (let found = true; found;) {
    found = false;
    const spurs = [...branches].flatMap((branch) => {
      const over = excess(branch);
      return over !== undefined && over < 0 ? [{ branch, over }] : [];
    });
    for (const { branch } of spurs.sort((a, b) => a.over - b.over)) {
      // Others that went meanwhile may have made it a part of something longer.
      const over = branches.has(branch) ? excess(branch) : undefined;
      if (over === undefined || over >= 0) continue;
      found = true;
      branches.delete(branch);
      for (const node of branch.nodes!) {
        at.get(node)!.delete(branch);
        const rest = [...at.get(node)!];
        if (rest.length !== 2 || degree(node) !== 2) continue;
        const joined = joinAt(node, rest[0], rest[1]);
        for (const old of rest) {
          branches.delete(old);
          old.nodes!.forEach((its) => at.get(its)!.delete(old));
        }
        branches.add(joined);
        joined.nodes!.forEach((its) => touch(joined, its));
      }
    }
  }
  return [...branches];
}

/** Two branches that meet at a node as one. */
function joinAt(node: GraphNode, one: Draft, other: Draft): Draft {
  const towards = one.nodes![1] === node ? one.pixels : one.pixels.toReversed();
  const from = other.nodes![0] === node ? other.pixels : other.pixels.toReversed();
  const start = one.nodes![1] === node ? one.nodes![0] : one.nodes![1];
  const end = other.nodes![0] === node ? other.nodes![1] : other.nodes![0];
  return { nodes: [start, end], pixels: [...towards, node.pixels[0], ...from] };
}

/** The length of a line through points, in pixels. */
export function lengthOf(points: readonly Point[]): number {
  let length = 0;
  for (let i = 1; i < points.length; i++) {
    length += Math.hypot(points[i].x - points[i - 1].x, points[i].y - points[i - 1].y);
  }
  return length;
}
