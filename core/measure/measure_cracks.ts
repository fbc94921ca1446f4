import {
  argumentsSchema,
  BOOLEAN,
  checkArguments,
  IMAGE,
  NUMBER,
  optional,
  optionsSchema,
  passing,
} from "../arguments.ts";
import type { Compute } from "../gpu/compute.ts";
import { COMPUTE } from "../gpu/schemas.ts";
import { uploadImage } from "../images/upload_image.ts";
import { connectedComponents } from "../kernels/connected_components.ts";
import { distanceTransform } from "../kernels/distance_transform.ts";
import { grayscale } from "../kernels/grayscale.ts";
import { thin } from "../kernels/thin.ts";
import { type CentreLine, centreLine, type CentrePoint, distance } from "./centre_line.ts";
import { contrastOf, type GreyImage, photoWidths, type Profile, profileAcross } from "./photo_width.ts";
import { SampledMask } from "./sampled_mask.ts";
import { type GraphBranch, type GraphNode, lengthOf, type Point, skeletonGraph } from "./skeleton_graph.ts";
import { directionOf, Directions, meanOf, medianOf, quantileOf } from "./statistics.ts";

/** A mask to measure. */
export interface CrackMask {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Row-major, crack where it is not 0. */
  readonly data: Uint8Array | Uint8ClampedArray | Float32Array;
}

/** Options of {@linkcode measureCracks}. */
export interface MeasureCracksOptions {
  /** The photo of the mask, of the same size: widths are then taken from it, finer than a pixel. */
  photo?: ImageData;
  /** Millimetres that a pixel shows, above 0. Without, all lengths are in pixels only. */
  mmPerPixel?: number;
  /** Whether to leave out spurs of the skeleton, shorter than the mask is wide where they begin. Defaults to true. */
  prune?: boolean;
}

/** How wide something is along its centre line. All are NaN where there is no place to measure, as in a piece that is all junction. */
export interface WidthFigures {
  /** The mean over the line. */
  readonly mean: number;
  /** Half of the line is no wider. */
  readonly median: number;
  /** 95 % of the line is no wider. */
  readonly p95: number;
  /** The greatest width. */
  readonly max: number;
  /** Where the greatest width is, in pixels of the photo. */
  readonly maxAt: Point | undefined;
}

/** A place on a centre line and how wide the crack is there. */
export interface MeasuredPoint extends Point {
  /** The width in pixels that counts: from the photo where there is one, else from the mask. NaN at junctions and where it cannot be told. */
  readonly width: number;
}

/** What branches and cracks have in common. All in pixels and degrees. */
export interface Measured {
  /** Along the centre line. */
  readonly length: number;
  /** From the photo where it was given and shows the crack, else from the mask. */
  readonly width: WidthFigures;
  /** Where the width comes from. */
  readonly widthFrom: "photo" | "mask";
  /**
   * True where the width is from a photo that shows no floor of any crack: its cracks are thinner than its blur, and seem as wide as that. The width
   * is then an upper bound.
   */
  readonly widthIsUpperBound: boolean;
  /** From the mask, whatever the photo shows. */
  readonly maskWidth: WidthFigures;
  /** The mean direction, 0..180: 0 from left to right, 45 rising to the right, 90 upright. */
  readonly orientation: number;
  /** Length over the straight distance of the ends, 1 of a straight line; of a crack over those of all its branches. ∞ of a circle. */
  readonly tortuosity: number;
  /** The same in millimetres, where the scale is known. */
  readonly mm?: {
    readonly length: number;
    readonly width: Omit<WidthFigures, "maxAt">;
  };
}

/** A line of a crack between ends and junctions. */
export interface CrackBranch extends Measured {
  /** What it begins and ends at. */
  readonly from: "end" | "junction" | "loop";
  /** And what it ends at. */
  readonly to: "end" | "junction" | "loop";
  /** Its centre line, about a pixel from point to point. */
  readonly points: readonly MeasuredPoint[];
}

/** A piece of crack that hangs together. */
export interface MeasuredCrack extends Measured {
  /** Its pixels in the mask. */
  readonly area: number;
  /** The same in mm², where the scale is known. */
  readonly areaMm2?: number;
  /** The smallest box around it, in whole pixels: the first column and row, and how many there are. */
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** From the longest to the shortest. */
  readonly branches: readonly CrackBranch[];
  /** Where branches meet. */
  readonly junctions: readonly Point[];
}

/** Every crack of a photo, measured. */
export interface CrackMeasurement {
  /** Pixels in a row of the mask. */
  readonly width: number;
  /** Its rows. */
  readonly height: number;
  /** Millimetres a pixel, where the scale is known. */
  readonly mmPerPixel?: number;
  /** From the longest to the shortest. */
  readonly cracks: readonly MeasuredCrack[];
  /** The length of all cracks in pixels. */
  readonly length: number;
  /** The pixels of all cracks. */
  readonly area: number;
  /** Crack pixels over all pixels, 0..1. */
  readonly share: number;
  /** Length over the area of the photo, in 1/pixel. */
  readonly density: number;
  /** The same in m/m², where the scale is known. */
  readonly densityPerMetre?: number;
  /** Lengths in pixels by direction: 18 parts of 10°, the first from 0° to 10°; see {@linkcode Measured.orientation}. */
  readonly orientations: readonly number[];
}

/** Parts of the half circle of directions. */
const ORIENTATIONS = 18;

/** Pixels on both sides of an edge that a chord across a crack may go beyond twice its distance. */
const BEYOND = 3;

const ARGUMENTS = argumentsSchema({
  compute: COMPUTE,
  mask: passing<CrackMask>(
    "a mask such as { width, height, data }",
    (value) =>
      typeof value === "object" && value !== null && "width" in value && "height" in value &&
      "data" in value &&
      ArrayBuffer.isView(value.data),
  ),
  options: optionsSchema<MeasureCracksOptions>({
    photo: optional(IMAGE),
    mmPerPixel: optional(NUMBER),
    prune: optional(BOOLEAN),
  }),
});

/**
 * Measures the cracks of a mask: how long, how wide, which way, and where each is widest.
 *
 * The mask is thinned on the device and its skeleton taken apart into branches between ends and junctions. A smoothed line through each is
 * the centre line; its length counts, not the steps of pixels. At right angles to it the width is measured at every point: from edge to
 * edge of the mask, which is right to about a pixel, and, where the photo is given, between the places of half the crack's depth in it. What lies within the
 * circle that fits into a junction counts for lengths only, not for widths.
 *
 * A crack thinner than the photo's blur (about two pixels) shows no floor. How dark it is in truth is taken from wider places of the same photo; where
 * there is none, it seems as wide as the blur, and `widthIsUpperBound` says so. One scale for a whole photo is wrong where the camera was held at a slant: at 50° by a fifth.
 *
 * @example
 * ```ts
 * import { measureCracks, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * const [width, height] = [200, 60];
 * const data = Uint8Array.from({ length: width * height }, (_, i) => Number(Math.abs(Math.floor(i / width) - 30) < 3));
 * const { cracks: [crack] } = await measureCracks(compute, { width, height, data }, { mmPerPixel: 0.1 });
 * console.log(crack.mm!.length.toFixed(1), crack.mm!.width.median.toFixed(2)); // 20.0 0.50
 * ```
 *
 * @param mask H × W, crack where it is not 0.
 * @throws {TypeError} if an argument is none of the wanted.
 * @throws {RangeError} if mask and photo differ in size, the mask has another number of values, or the scale is not above 0.
 */
export async function measureCracks(
  compute: Compute,
  mask: CrackMask,
  options: MeasureCracksOptions = {},
): Promise<CrackMeasurement> {
  checkArguments("measure cracks", ARGUMENTS, { compute, mask, options });
  const { photo, mmPerPixel, prune = true } = options;
  requireFitting(mask, photo, mmPerPixel);
  const { width, height } = mask;
  const maps = await mapsOf(compute, mask, photo);
  const sampled = new SampledMask(width, height, mask.data, maps.distances);
  const graph = skeletonGraph({ width, height, ...maps }, { prune });
  const lines = graph.branches.map((branch) =>
    measureLine(branch, graph.degree, { maps, mask: sampled, photo: maps.grey })
  );
  const pieces = piecesOf(mask, maps.labels);
  for (const line of lines) pieces[line.piece - 1].lines.push(line);
  const allProfiles = lines.flatMap(({ profiles }) => profiles.filter((profile) => profile !== undefined));
  const cracks = pieces.map((piece) => crackOf(piece, allProfiles, mmPerPixel))
    .sort((a, b) => b.length - a.length);
  return summaryOf(mask, cracks, mmPerPixel);
}

/** What the device makes of a mask and its photo, read. */
interface Maps {
  readonly skeleton: Float32Array;
  readonly distances: Float32Array;
  readonly labels: Float32Array;
  readonly grey: GreyImage | undefined;
}

function requireFitting(
  { width, height, data }: CrackMask,
  photo: ImageData | undefined,
  mmPerPixel: number | undefined,
): void {
  if (data.length !== width * height) {
    throw new RangeError(
      `Cannot measure a mask of ${width} × ${height}: its data has ${data.length} values, ${
        width * height
      } are wanted.`,
    );
  }
  if (photo !== undefined && (photo.width !== width || photo.height !== height)) {
    throw new RangeError(
      `Cannot measure a mask of ${width} × ${height} in a photo of ${photo.width} × ${photo.height}: the same size is wanted.`,
    );
  }
  if (mmPerPixel !== undefined && !(mmPerPixel > 0 && mmPerPixel < Infinity)) {
    throw new RangeError(
      `Cannot measure in millimetres: a pixel shows ${mmPerPixel} of them, a number above 0 is wanted.`,
    );
  }
}

async function mapsOf(compute: Compute, mask: CrackMask, photo: ImageData | undefined): Promise<Maps> {
  const { width, height } = mask;
  using plane = compute.upload({ width, height, channels: 1, data: mask.data });
  using distancePlane = distanceTransform(plane);
  using labelPlane = connectedComponents(plane);
  using skeletonPlane = await thin(plane);
  const [distances, labels, skeleton] = await compute.read([distancePlane, labelPlane, skeletonPlane]);
  let grey: GreyImage | undefined;
  if (photo !== undefined) {
    using rgb = uploadImage(compute, photo);
    using greyPlane = grayscale(rgb);
    grey = { width, height, data: await greyPlane.read() };
  }
  return { distances, labels, skeleton, grey };
}

/** A branch with what was seen along it. */
interface MeasuredLine {
  /** The number of its piece, from 1 on. */
  readonly piece: number;
  readonly branch: GraphBranch;
  readonly ends: readonly ["end" | "junction" | "loop", "end" | "junction" | "loop"];
  readonly line: CentreLine;
  /** At each point of the line; NaN where it does not count. */
  readonly maskWidths: readonly number[];
  readonly profiles: readonly (Profile | undefined)[];
}

function measureLine(
  branch: GraphBranch,
  degree: (node: GraphNode) => number,
  { maps, mask, photo }: {
    readonly maps: Maps;
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
  ) as ["end" | "junction" | "loop", "end" | "junction" | "loop"];
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
  return { piece: maps.labels[first], branch, ends, line, maskWidths, profiles };
}

/** Whether a point lies outside of the circles in junctions, and farther from free ends than these are wide. */
function countsAsWidth(
  point: CentrePoint,
  { ends: [start, end], points }: CentreLine,
  { mask, junctions, ends }: {
    readonly mask: SampledMask;
    readonly junctions: readonly GraphNode[];
    readonly ends: readonly string[];
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

/** A piece of the mask. */
interface Piece {
  area: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  readonly lines: MeasuredLine[];
}

function piecesOf({ width }: CrackMask, labels: Float32Array): Piece[] {
  const pieces: Piece[] = [];
  labels.forEach((label, i) => {
    if (label === 0) return;
    const x = i % width, y = Math.floor(i / width);
    const piece = pieces[label - 1] ??= { area: 0, left: x, right: x, top: y, bottom: y, lines: [] };
    piece.area++;
    piece.left = Math.min(piece.left, x);
    piece.right = Math.max(piece.right, x);
    piece.top = Math.min(piece.top, y);
    piece.bottom = Math.max(piece.bottom, y);
  });
  return pieces;
}

function crackOf(
  piece: Piece,
  allProfiles: readonly Profile[],
  mmPerPixel: number | undefined,
): MeasuredCrack {
  const { lines, area, left, right, top, bottom } = piece;
  const own = lines.flatMap(({ profiles }) => profiles.filter((profile) => profile !== undefined));
  const contrast = contrastOf(own, allProfiles);
  const withWidths = lines.map((line) => ({
    ...line,
    photoWidths: photoWidths(line.profiles, contrast.share),
  }));
  const branches = withWidths.map((line): CrackBranch => {
    const measured = figuresOf([line], contrast.seen, mmPerPixel);
    const widths = measured.widthFrom === "photo" ? line.photoWidths : line.maskWidths;
    return {
      ...measured,
      from: line.ends[0],
      to: line.ends[1],
      points: line.line.points.map(({ x, y }, i) => ({ x, y, width: widths[i] })),
    };
  });
  const junctions = new Set(
    lines.flatMap(({ branch, ends }) => branch.nodes?.filter((_, i) => ends[i] === "junction") ?? []),
  );
  return {
    ...figuresOf(withWidths, contrast.seen, mmPerPixel),
    area,
    ...(mmPerPixel === undefined ? {} : { areaMm2: area * mmPerPixel ** 2 }),
    box: { x: left, y: top, width: right - left + 1, height: bottom - top + 1 },
    branches: branches.sort((a, b) => b.length - a.length),
    junctions: [...junctions].map(({ x, y }) => ({ x, y })),
  };
}

/**
 * What lines measure together.
 *
 * @param floorSeen whether the photo shows how dark cracks are.
 */
function figuresOf(
  lines: readonly (MeasuredLine & { readonly photoWidths: readonly number[] })[],
  floorSeen: boolean,
  mmPerPixel: number | undefined,
): Measured {
  const length = lines.reduce((sum, { line }) => sum + line.length, 0);
  const maskWidth = widthFigures(lines.map(({ line, maskWidths }) => ({ line, widths: maskWidths })));
  const photoWidth = widthFigures(lines.map(({ line, photoWidths }) => ({ line, widths: photoWidths })));
  const fromPhoto = !Number.isNaN(photoWidth.mean);
  const width = fromPhoto ? photoWidth : maskWidth;
  const directions = new Directions();
  for (const { line } of lines) forEachStep(line, (dx, dy) => directions.add(dx, dy));
  const straight = lines.reduce((sum, { line: { ends: [a, b] } }) => sum + distance(a, b), 0);
  const { mean, median, p95, max } = width;
  return {
    length,
    width,
    widthFrom: fromPhoto ? "photo" : "mask",
    widthIsUpperBound: fromPhoto && !floorSeen,
    maskWidth,
    orientation: directions.mean,
    tortuosity: straight === 0 ? Infinity : Math.max(1, length / straight),
    ...(mmPerPixel === undefined ? {} : {
      mm: {
        length: length * mmPerPixel,
        width: {
          mean: mean * mmPerPixel,
          median: median * mmPerPixel,
          p95: p95 * mmPerPixel,
          max: max * mmPerPixel,
        },
      },
    }),
  };
}

function widthFigures(
  lines: readonly { readonly line: CentreLine; readonly widths: readonly number[] }[],
): WidthFigures {
  const widths: number[] = [];
  let max = NaN;
  let maxAt: Point | undefined;
  for (const { line, widths: its } of lines) {
    its.forEach((width, i) => {
      if (Number.isNaN(width)) return;
      widths.push(width);
      if (maxAt !== undefined && width <= max) return;
      max = width;
      maxAt = { x: line.points[i].x, y: line.points[i].y };
    });
  }
  return { mean: meanOf(widths), median: medianOf(widths), p95: quantileOf(widths, 0.95), max, maxAt };
}

/** Each piece of a centre line, its ends' included. */
function forEachStep({ points, ends }: CentreLine, act: (dx: number, dy: number) => void): void {
  const all = [ends[0], ...points, ends[1]];
  for (let i = 1; i < all.length; i++) act(all[i].x - all[i - 1].x, all[i].y - all[i - 1].y);
}

function summaryOf(
  { width, height }: CrackMask,
  cracks: readonly MeasuredCrack[],
  mmPerPixel: number | undefined,
): CrackMeasurement {
  const length = cracks.reduce((sum, crack) => sum + crack.length, 0);
  const area = cracks.reduce((sum, crack) => sum + crack.area, 0);
  const density = length / (width * height);
  const orientations = new Array<number>(ORIENTATIONS).fill(0);
  for (const { points } of cracks.flatMap(({ branches }) => branches)) {
    for (let i = 1; i < points.length; i++) {
      const [dx, dy] = [points[i].x - points[i - 1].x, points[i].y - points[i - 1].y];
      orientations[Math.floor(directionOf(dx, dy) * ORIENTATIONS / 180) % ORIENTATIONS] += lengthOf(
        points.slice(i - 1, i + 1),
      );
    }
  }
  return {
    width,
    height,
    ...(mmPerPixel === undefined ? {} : { mmPerPixel, densityPerMetre: density * 1000 / mmPerPixel }),
    cracks,
    length,
    area,
    share: area / (width * height),
    density,
    orientations,
  };
}
