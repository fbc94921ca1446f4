import { type CentreLine, centreLine, type CentrePoint, distance } from "./centre_line.ts";
import { type GreyImage, type Profile, profileAcross } from "./photo_width.ts";
import type { SampledMask } from "./sampled_mask.ts";
import type { GraphBranch, GraphNode, Point } from "./skeleton_graph.ts";
import { meanOf } from "./statistics.ts";

/** Pixels on both sides of an edge that a chord across a crack may go beyond twice its distance. */
const BEYOND = 3;

/** Chords of a mask side by side of which the mean is taken: one alone steps by whole pixels. */
const SMOOTHED = 5;

/** What a branch ends at. */
export type LineEnd = "end" | "junction" | "loop";

/** A branch with what was seen along it. */
export interface MeasuredLine {
  /** The number of its piece, from 1 on. */
  readonly piece: number;
  readonly branch: GraphBranch;
  readonly ends: readonly [start: LineEnd, end: LineEnd];
  readonly line: CentreLine;
  /** At each point of the line; NaN where it does not count. */
  readonly maskWidths: readonly number[];
  readonly profiles: readonly (Profile | undefined)[];
}

/** Follows the middle of a branch, and looks across it at each place: in the mask, and in the photo where there is one. */
export function measureLine(
  branch: GraphBranch,
  degree: (node: GraphNode) => number,
  { labels, mask, photo }: {
    /** The number of the piece that each pixel belongs to. */
    readonly labels: ArrayLike<number>;
    readonly mask: SampledMask;
    readonly photo: GreyImage | undefined;
  },
): MeasuredLine {
  const { nodes, pixels } = branch;
  const chain = pixels.map((pixel) => ({ x: pixel % mask.width, y: Math.floor(pixel / mask.width) }));
  const closed = nodes === undefined;
  const places: Point[] = closed
    ? chain
    : [nodes[0], ...chain, ...(nodes[0] === nodes[1] && chain.length === 0 ? [] : [nodes[1]])];
  const ends = (nodes ?? [undefined, undefined]).map((node) =>
    node === undefined ? "loop" : degree(node) > 2 ? "junction" : "end"
  ) as [LineEnd, LineEnd];
  const line = centreLine(places, mask, { closed, free: [ends[0] === "end", ends[1] === "end"] });
  const junctions = (nodes ?? []).filter((node) => degree(node) > 2);
  const maskWidths: number[] = [], profiles: (Profile | undefined)[] = [];
  for (const point of line.points) {
    const counts = countsAsWidth(point, line, { mask, junctions, ends });
    const edges = counts ? edgesAcross(point, mask) : undefined;
    maskWidths.push(edges === undefined ? NaN : edges[0] + edges[1]);
    profiles.push(
      edges === undefined || photo === undefined ? undefined : profileAcross(photo, mask, point, edges),
    );
  }
  const first = nodes?.[0].pixels[0] ?? pixels[0];
  return { piece: labels[first], branch, ends, line, maskWidths: smoothed(maskWidths), profiles };
}

/** Whether a point lies outside of the circles in junctions, and farther from free ends than these are wide. */
function countsAsWidth(
  point: CentrePoint,
  { ends: [start, end], points }: CentreLine,
  { mask, junctions, ends }: {
    readonly mask: SampledMask;
    readonly junctions: readonly GraphNode[];
    readonly ends: readonly LineEnd[];
  },
): boolean {
  if (junctions.some((node) => distance(node, point) < node.distance)) return false;
  // Of a short piece the middle counts.
  if (point === points[Math.floor(points.length / 2)]) return true;
  const reach = mask.distanceAt(point) - 0.5;
  return !(ends[0] === "end" && distance(start, point) < reach) &&
    !(ends[1] === "end" && distance(end, point) < reach);
}

/** How far the edges of the mask are to the left and to the right; undefined where one is not met. */
function edgesAcross(point: CentrePoint, mask: SampledMask): [number, number] | undefined {
  const normal = { x: -point.tangent.y, y: point.tangent.x };
  const most = 2 * mask.distanceAt(point) + BEYOND;
  const left = mask.edge(point, { x: -normal.x, y: -normal.y }, most);
  const right = mask.edge(point, normal, most);
  return left === undefined || right === undefined ? undefined : [left, right];
}

/** Means over {@linkcode SMOOTHED} values, those that are NaN left out and left as they are. */
function smoothed(values: readonly number[]): number[] {
  const half = (SMOOTHED - 1) / 2;
  return values.map((value, i) =>
    Number.isNaN(value)
      ? NaN
      : meanOf(values.slice(Math.max(0, i - half), i + half + 1).filter((other) => !Number.isNaN(other)))
  );
}
