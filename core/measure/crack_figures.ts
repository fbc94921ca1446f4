import type { CrackBranch, Measured, MeasuredCrack, WidthFigures } from "./crack_measurement.ts";
import { type CentreLine, distance } from "./centre_line.ts";
import type { MeasuredLine } from "./crack_lines.ts";
import { Directions } from "./orientations.ts";
import { contrastOf, photoWidths, type Profile } from "./photo_width.ts";
import type { Point } from "./skeleton_graph.ts";
import { meanOf, medianOf, quantileOf } from "./statistics.ts";

/** In a mask a crack is a whole pixel wide at least, and people draw two: what is narrower than this may be a hair in truth. */
const NARROW = 2.5;

/** A piece of the mask. */
export interface Piece {
  area: number;
  /** Its outermost columns and rows. */
  left: number;
  right: number;
  top: number;
  bottom: number;
  readonly lines: MeasuredLine[];
}

/** The pieces of a mask, by their numbers from 1 on, as yet without lines. */
export function piecesOf({ width }: { readonly width: number }, labels: Uint32Array): Piece[] {
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

/**
 * What a piece of crack measures.
 *
 * @param allProfiles those of all cracks of the photo: they tell how dark cracks are where this one does not.
 */
export function crackOf(
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
    widthIsUpperBound: fromPhoto ? !floorSeen : maskWidth.median < NARROW,
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
