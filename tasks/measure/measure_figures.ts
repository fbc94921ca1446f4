import type { CrackMeasurement, MeasuredPoint } from "../../core/measure/crack_measurement.ts";
import { directionOf } from "../../core/measure/orientations.ts";
import { scaleLinear } from "../report/d3.ts";
import { directionColour } from "../report/direction_colour.ts";
import { type Html, markup } from "../report/markup.ts";

/** From thin to wide: parts of the range from 0 to the widest place of a photo. */
const WIDTHS = 7;

/**
 * From violet over pink and orange to yellow, in OKLCH: lightness grows with the width, so that no sense of hue is needed.
 *
 * @param part 0 … {@linkcode WIDTHS} − 1.
 */
function widthColour(part: number): string {
  const t = part / (WIDTHS - 1);
  return `oklch(${round(0.55 + 0.4 * t)} 0.17 ${round((300 + 160 * t) % 360)})`;
}

/** Of a centre line where no width counts, as in a junction. */
const UNMEASURED = "#d0d0d0";

/** Parts of the half circle of directions, as {@linkcode CrackMeasurement.orientations} has them. */
const DIRECTIONS = 18;

/** @param part 0 … {@linkcode DIRECTIONS} − 1, each 10° of θ. */
function partColour(part: number): string {
  return `oklab(${directionColour((part + 0.5) * 180 / DIRECTIONS).map(round).join(" ")})`;
}

function round(value: number): number {
  return Math.round(1000 * value) / 1000;
}

/** Bars of a histogram. */
const BARS = 24;

/** Points on both sides of a place that its direction is told from. */
const SPAN = 4;

/** Centre lines, once coloured by width and once by direction; the page shows one of both. Around the widest place is a ring. */
export function drawLines({ cracks, width, height }: CrackMeasurement, widest: number): Html {
  const branches = cracks.flatMap(({ branches }) => branches.map(({ points }) => points));
  const widthPart = ({ width }: MeasuredPoint) =>
    Number.isFinite(width) ? Math.min(WIDTHS - 1, Math.floor(WIDTHS * width / (widest || 1))) : -1;
  const byWidth = linesByPart(branches, (points, i) => widthPart(points[i]));
  const byDirection = linesByPart(branches, (points, i) => {
    const a = points[Math.max(0, i - SPAN)], b = points[Math.min(points.length - 1, i + 1 + SPAN)];
    return Math.floor(directionOf(b.x - a.x, b.y - a.y) * DIRECTIONS / 180) % DIRECTIONS;
  });
  const whole = branches.filter(({ length }) => length > 1).map((points) => pathThrough(points)).join("");
  const unit = Math.max(width, height) / 100;
  const place = cracks.find((crack) => crack.width.max === widest)?.width.maxAt;
  const ring = place === undefined
    ? markup``
    : markup`<circle class="widest" cx="${place.x}" cy="${place.y}" r="${
      Math.max(2 * unit, 0.75 * widest)
    }"><title>widest: ${widest.toFixed(2)} px at ${place.x.toFixed(0)}, ${
      place.y.toFixed(0)
    }</title></circle>`;
  return markup`<path class="casing" d="${whole}"/>
<g class="by-width">${drawParts(byWidth, (part) => part < 0 ? UNMEASURED : widthColour(part))}${ring}</g>
<g class="by-direction">${drawParts(byDirection, partColour)}</g>`;
}

/** The pieces of lines by the part that they belong to, each as the path of an SVG. A piece belongs where its first point does. */
function linesByPart(
  branches: readonly (readonly MeasuredPoint[])[],
  partOf: (points: readonly MeasuredPoint[], i: number) => number,
): Map<number, string> {
  const paths = new Map<number, string>();
  for (const points of branches) {
    for (let start = 0; start < points.length - 1;) {
      const part = partOf(points, start);
      let end = start + 1;
      while (end < points.length - 1 && partOf(points, end) === part) end++;
      paths.set(part, (paths.get(part) ?? "") + pathThrough(points.slice(start, end + 1)));
      start = end;
    }
  }
  return paths;
}

function pathThrough(points: readonly MeasuredPoint[]): string {
  return `M${points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;
}

function drawParts(paths: ReadonlyMap<number, string>, colourOf: (part: number) => string): Html[] {
  return [...paths].sort(([a], [b]) => a - b).map(([part, path]) =>
    markup`<path d="${path}" stroke="${colourOf(part)}"/>`
  );
}

/** How much of the line is how wide. */
export function drawHistogram({ cracks, mmPerPixel }: CrackMeasurement, widest: number): Html {
  const widths = cracks.flatMap(({ branches }) =>
    branches.flatMap(({ points }) => points.map(({ width }) => width))
  ).filter(Number.isFinite);
  if (widths.length === 0 || widest === 0) {
    return markup`<p class="facts">No place to measure a width at.</p>`;
  }
  const counts = new Array<number>(BARS).fill(0);
  for (const width of widths) counts[Math.min(BARS - 1, Math.floor(BARS * width / widest))]++;
  const unit = mmPerPixel === undefined ? "px" : "mm";
  const x = scaleLinear([0, widest * (mmPerPixel ?? 1)], [30, 330]);
  const y = scaleLinear([0, Math.max(...counts)], [0, 120]);
  const bars = counts.map((count, i) => {
    const height = y(count);
    const colour = widthColour(Math.floor((i + 0.5) * WIDTHS / BARS));
    return markup`<rect x="${30 + i * 300 / BARS}" y="${(130 - height).toFixed(1)}" width="${
      300 / BARS - 1
    }" height="${height.toFixed(1)}" fill="${colour}"><title>${count} px of line</title></rect>`;
  });
  const ticks = x.ticks(6).map((value) =>
    markup`<text x="${x(value).toFixed(1)}" y="146" text-anchor="middle">${value}</text>`
  );
  return markup`<svg class="histogram" viewBox="0 0 360 168" role="img" aria-label="Histogram of widths">
<line x1="30" y1="130.5" x2="330" y2="130.5"/>
${bars}
${ticks}
<text x="180" y="164" text-anchor="middle">length of line by width, ${unit}</text>
</svg>`;
}

/** The middle of the rose of directions, its greatest radius, and the ring around it that tells the colours. */
const ROSE = { x: 180, y: 128, radius: 92, ring: [98, 108], words: 116 } as const;

/** Length by direction, as a half rose: from left to right at its right, upright at its top. The ring around it is the key of the lines' colours. */
export function drawDirections({ orientations }: CrackMeasurement): Html {
  const most = Math.max(...orientations);
  if (most === 0) return markup``;
  const sectors = orientations.map((length, i) => {
    const title = `${10 * i}° to ${10 * i + 10}°: ${length.toFixed(0)} px`;
    // Areas, not radii, are in proportion.
    const sector = ringPart(i, 0, ROSE.radius * Math.sqrt(length / most));
    const [inner, outer] = ROSE.ring;
    return markup`<path d="${sector} ${ringPart(i, inner, outer)}" fill="${
      partColour(i)
    }"><title>${title}</title></path>
`;
  });
  const words = [0, 45, 90, 135, 180].map((degrees) => {
    const [x, y] = onRose(degrees, ROSE.words);
    const anchor = degrees < 90 ? "start" : degrees > 90 ? "end" : "middle";
    return markup`<text x="${x}" y="${y}" text-anchor="${anchor}">${degrees}°</text>
`;
  });
  return markup`<svg class="directions" viewBox="0 0 360 152" role="img" aria-label="Length by direction">
<line x1="${ROSE.x - ROSE.ring[1]}" y1="${ROSE.y + 0.5}" x2="${ROSE.x + ROSE.ring[1]}" y2="${ROSE.y + 0.5}"/>
${sectors}${words}<text x="${ROSE.x}" y="${ROSE.y + 20}" text-anchor="middle">length by direction</text>
</svg>`;
}

/** A place in the direction of an angle. */
function onRose(degrees: number, radius: number): [x: string, y: string] {
  const radians = degrees * Math.PI / 180;
  return [
    (ROSE.x + radius * Math.cos(radians)).toFixed(1),
    (ROSE.y - radius * Math.sin(radians)).toFixed(1),
  ];
}

/** What lies between two radii in a part of 10°. */
function ringPart(part: number, inner: number, outer: number): string {
  const [from, to] = [10 * part, 10 * part + 10];
  const arc = (radius: number, clockwise: 0 | 1) =>
    `A${radius.toFixed(1)} ${radius.toFixed(1)} 0 0 ${clockwise}`;
  return `M${onRose(from, inner).join(" ")}L${onRose(from, outer).join(" ")}${arc(outer, 0)} ${
    onRose(to, outer).join(" ")
  }L${onRose(to, inner).join(" ")}${inner === 0 ? "" : `${arc(inner, 1)} ${onRose(from, inner).join(" ")}`}Z`;
}
