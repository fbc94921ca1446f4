import { line, scaleLinear } from "../report/d3.ts";

const WIDTH = 720, PANEL = 190, LEFT = 64, RIGHT = 24, TOP = 44, GAP = 46;

/** One diagram: a line and dots over the steps. */
export interface CurvePanel {
  readonly name: string;
  /** What the vertical axis spans at least. */
  readonly domain: readonly [number, number];
  readonly values: readonly (readonly [step: number, value: number])[];
  readonly dots: readonly (readonly [step: number, value: number])[];
}

/** Figures over the steps of a training, one diagram above the other, as an SVG picture. */
export function drawCurves(title: string, panels: readonly CurvePanel[]): string {
  const steps = panels.flatMap(({ values, dots }) => [...values, ...dots].map(([step]) => step));
  const last = Math.max(1, ...steps);
  const height = TOP + panels.length * PANEL + (panels.length - 1) * GAP + 44;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" ` +
    `font-family="system-ui, sans-serif" font-size="12" fill="#333">\n` +
    `<rect width="100%" height="100%" fill="#fff"/>\n` +
    `<text x="${LEFT}" y="18" font-size="14" font-weight="600">${escape(title)}</text>\n` +
    panels.map((panel, i) => draw(panel, { top: TOP + i * (PANEL + GAP), last })).join("") +
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${height - 8}" text-anchor="middle">step</text>\n</svg>\n`;
}

function draw(
  { name, domain, values, dots }: CurvePanel,
  { top, last }: { readonly top: number; readonly last: number },
): string {
  const x = scaleLinear([0, last], [LEFT, WIDTH - RIGHT]);
  const y = scaleLinear(domain, [top + PANEL, top]).nice(5);
  const formatX = x.tickFormat(8), formatY = y.tickFormat(5);
  const grid = y.ticks(5).map((value) =>
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(y(value))}" y2="${
      round(y(value))
    }" stroke="#ddd"/>` +
    `<text x="${LEFT - 8}" y="${round(y(value) + 4)}" text-anchor="end">${formatY(value)}</text>`
  );
  const ticks = x.ticks(8).map((value) =>
    `<text x="${round(x(value))}" y="${top + PANEL + 16}" text-anchor="middle">${formatX(value)}</text>`
  );
  const path = line<readonly [number, number]>(([step]) => round(x(step)), ([, value]) => round(y(value)))(
    values,
  );
  const marks = dots.map(([step, value]) =>
    `<circle cx="${round(x(step))}" cy="${round(y(value))}" r="4" fill="#c2410c"/>`
  );
  return `<g>\n<text x="${LEFT}" y="${top - 8}">${name}</text>\n${[...grid, ...ticks].join("\n")}\n` +
    `<path d="${path ?? ""}" fill="none" stroke="#1d4ed8" stroke-width="1.5"/>\n${marks.join("\n")}\n</g>\n`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
