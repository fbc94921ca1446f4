import { type CentrePoint, shifted } from "./centre_line.ts";
import type { SampledMask } from "./sampled_mask.ts";
import type { Point } from "./skeleton_graph.ts";
import { meanOf, medianOf, quantileOf } from "./statistics.ts";

/** Grey values, row-major, 0..255. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

/** What a photo shows across a crack. */
export interface Profile {
  /** ∫ d dt over the crack and what is next to it, d(t) how much darker than its surroundings the place t is: pixels × grey levels. */
  readonly darkness: number;
  /** The greatest d, over a pixel. */
  readonly depth: number;
  /** The grey value of the surroundings. */
  readonly ground: number;
  /** Of a crack with a floor that can be seen: the mean depth of the floor, and the distance of the places on both sides where d is half of it. */
  readonly floor?: { readonly depth: number; readonly width: number };
}

/** Pixels between two samples of a profile. */
const STEP = 0.25;

/** How far beside the crack, in pixels from the edge of the mask, its darkness is counted, and how far from there its surroundings go. */
const MARGIN = 3, SURROUNDINGS = 4;

/** The least samples that surroundings are told from. */
const LEAST_SAMPLES = 4;

/** Profiles along the crack, a pixel apart, whose mean is taken. */
const NEIGHBOURS = [-1, 0, 1] as const;

/** A floor is seen in cracks of this many pixels: what is nearer than 1.5 to an edge, photos blur. */
const LEAST_WITH_FLOOR = 4, BLURRED = 1.5;

/** The least depth that is a crack, in grey levels. */
const LEAST_DEPTH = 4;

/** What is less deep than this share of the crack's contrast is not seen: a line of a fifth of a pixel, or no crack at all. */
const LEAST_SEEN = 0.2;

/** Widths side by side of which the median is taken. */
const SMOOTHED = 5;

/**
 * What a photo shows across a crack at a place of its centre line.
 *
 * @param edges how far the edges of the mask are on both sides: to the left of its direction, and to the right.
 * @returns undefined where nothing is darker than its surroundings, or those cannot be seen for other cracks or the photo's border.
 */
export function profileAcross(
  photo: GreyImage,
  mask: SampledMask,
  point: CentrePoint,
  edges: readonly [left: number, right: number],
): Profile | undefined {
  const normal = { x: -point.tangent.y, y: point.tangent.x };
  const from = -edges[0] - MARGIN, to = edges[1] + MARGIN;
  const left = surroundings(photo, mask, point, { x: -normal.x, y: -normal.y }, edges[0]);
  const right = surroundings(photo, mask, point, normal, edges[1]);
  const [a, b] = [left ?? right, right ?? left];
  if (a === undefined || b === undefined) return undefined;
  const count = Math.round((to - from) / STEP);
  const depths: number[] = [];
  for (let i = 0; i <= count; i++) {
    const share = i / count;
    const grey = meanOf(
      NEIGHBOURS.map((along) =>
        greyAt(photo, shifted(shifted(point, normal, from + share * (to - from)), point.tangent, along))
      ),
    );
    depths.push(a + share * (b - a) - grey);
  }
  const step = (to - from) / count;
  const darkness = step * depths.reduce((sum, depth) => sum + depth, 0);
  const span = Math.round(1 / step);
  const depth = Math.max(...depths.slice(0, -span).map((_, i) => meanOf(depths.slice(i, i + span + 1))));
  if (depth < LEAST_DEPTH || darkness <= 0) return undefined;
  return { darkness, depth, ground: (a + b) / 2, floor: floorOf(depths, step, darkness / depth) };
}

/** The median grey value on one side of a crack, where the mask shows no other; undefined where too little is seen. */
function surroundings(
  photo: GreyImage,
  mask: SampledMask,
  point: CentrePoint,
  direction: Point,
  edge: number,
): number | undefined {
  const greys: number[] = [];
  for (let t = edge + MARGIN - 1; t <= edge + MARGIN - 1 + SURROUNDINGS; t += 1) {
    for (const along of NEIGHBOURS) {
      const place = shifted(shifted(point, direction, t), point.tangent, along);
      if (mask.holds(place) && mask.at(place) === 0) greys.push(greyAt(photo, place));
    }
  }
  return greys.length < LEAST_SAMPLES ? undefined : medianOf(greys);
}

/** The floor of a crack that is about so wide, and its width between the places of half its depth. */
function floorOf(depths: readonly number[], step: number, about: number): Profile["floor"] {
  if (about < LEAST_WITH_FLOOR) return undefined;
  const total = depths.reduce((sum, depth) => sum + Math.max(0, depth), 0);
  const middle = depths.reduce((sum, depth, i) => sum + i * Math.max(0, depth), 0) / total;
  const inside = (about / 2 - BLURRED) / step;
  const floor = meanOf(depths.filter((_, i) => Math.abs(i - middle) <= Math.max(1, inside)));
  // From the edges of the floor outwards, to the first place that is no deeper than half.
  const crossing = (start: number, by: -1 | 1): number | undefined => {
    for (let i = Math.round(start); i + by >= 0 && i + by < depths.length; i += by) {
      const [here, next] = [depths[i], depths[i + by]];
      if (here > floor / 2 && next <= floor / 2) return i + by * (here - floor / 2) / (here - next);
    }
    return undefined;
  };
  const low = crossing(middle - inside, -1), high = crossing(middle + inside, 1);
  return floor <= 0 || low === undefined || high === undefined
    ? undefined
    : { depth: floor, width: (high - low) * step };
}

/**
 * The width at each profile of a line, in pixels; NaN where there is none.
 *
 * A crack with a floor: between the places where it is half as deep as that. A narrower one never is as dark in the photo as it is in truth, yet its
 * darkness in all is what it would be without blur: width = ∫ d dt / depth, the depth being `contrast` times the surroundings.
 *
 * @param contrast depth over ground of floors that are seen, from {@linkcode contrastOf}.
 */
export function photoWidths(profiles: readonly (Profile | undefined)[], contrast: number): number[] {
  const widths = profiles.map((profile) => {
    if (profile === undefined) return NaN;
    const { darkness, depth, ground, floor } = profile;
    if (depth < LEAST_SEEN * contrast * ground) return NaN;
    return floor?.width ?? darkness / Math.max(depth, contrast * ground);
  });
  const half = (SMOOTHED - 1) / 2;
  return widths.map((width, i) =>
    Number.isNaN(width)
      ? NaN
      : medianOf(widths.slice(Math.max(0, i - half), i + half + 1).filter((other) => !Number.isNaN(other)))
  );
}

/** The least floors that a contrast is told from. */
const LEAST_FLOORS = 5;

/** How dark cracks are as a share of their surroundings. */
export interface Contrast {
  readonly share: number;
  /** Whether floors of cracks are seen; else it is too little, and widths are upper bounds. */
  readonly seen: boolean;
}

/**
 * How dark cracks are in truth, as a share of their surroundings: the median of the floors that are seen in one crack, else in the whole photo; where
 * there is none, what the darkest tenth of the crack's profiles reach, which thin cracks in blurred photos exceed.
 *
 * @param own the profiles of a crack.
 * @param all those of all cracks of the photo.
 */
export function contrastOf(own: readonly Profile[], all: readonly Profile[]): Contrast {
  for (const profiles of [own, all]) {
    const floors = profiles.flatMap(({ floor, ground }) => floor && ground > 0 ? [floor.depth / ground] : []);
    if (floors.length >= LEAST_FLOORS) return { share: medianOf(floors), seen: true };
  }
  const depths = own.flatMap(({ depth, ground }) => ground > 0 ? [depth / ground] : []);
  return { share: depths.length === 0 ? 0 : quantileOf(depths, 0.9), seen: false };
}

/** The grey value of a place, linear between the centres of pixels; beyond the border the border's own pixels go on. */
function greyAt({ width, height, data }: GreyImage, { x, y }: Point): number {
  const left = Math.floor(x), top = Math.floor(y);
  const right = x - left, down = y - top;
  const at = (u: number, v: number) =>
    data[Math.min(height - 1, Math.max(0, v)) * width + Math.min(width - 1, Math.max(0, u))];
  return (1 - down) * ((1 - right) * at(left, top) + right * at(left + 1, top)) +
    down * ((1 - right) * at(left, top + 1) + right * at(left + 1, top + 1));
}
