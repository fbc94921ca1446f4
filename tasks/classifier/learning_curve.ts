import { line, scaleLinear } from "../report/d3.ts";

/** Some steps of a training in a row, taken together. */
export interface CurvePoint {
  /** Steps done at their end. */
  readonly step: number;
  /** Mean cross-entropy, in nats. */
  readonly loss: number;
  /** Share of patches classified rightly, 0..1. */
  readonly accuracy: number;
}

/** A training to draw. */
export interface LearningCurve {
  readonly title: string;
  /** Figures of the running batches. */
  readonly training: readonly CurvePoint[];
  /** Balanced accuracy on photos held back, 0..1, at some steps. */
  readonly validation: readonly { readonly step: number; readonly balancedAccuracy: number }[];
}

const WIDTH = 720, PANEL = 190, LEFT = 64, RIGHT = 24, TOP = 44, GAP = 46;

interface Panel {
  readonly name: string;
  readonly top: number;
  readonly domain: readonly [number, number];
  readonly values: readonly (readonly [step: number, value: number])[];
  readonly dots: readonly (readonly [step: number, value: number])[];
}

/** Loss and accuracy over the steps of a training, one above the other, as an SVG picture. */
export function drawLearningCurve({ title, training, validation }: LearningCurve): string {
  const last = Math.max(1, ...training.map(({ step }) => step));
  const panels: Panel[] = [
    {
      name: "cross-entropy (nats)",
      top: TOP,
      domain: [0, Math.max(0.1, ...training.map(({ loss }) => loss))],
      values: training.map(({ step, loss }) => [step, loss]),
      dots: [],
    },
    {
      name: validation.length > 0 ? "accuracy; dots: balanced, on held-back photos" : "accuracy",
      top: TOP + PANEL + GAP,
      domain: [
        Math.min(
          0.5,
          ...training.map(({ accuracy }) => accuracy),
          ...validation.map((v) => v.balancedAccuracy),
        ),
        1,
      ],
      values: training.map(({ step, accuracy }) => [step, accuracy]),
      dots: validation.map(({ step, balancedAccuracy }) => [step, balancedAccuracy]),
    },
  ];
  const height = TOP + 2 * PANEL + GAP + 44;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" ` +
    `font-family="system-ui, sans-serif" font-size="12" fill="#333">\n` +
    `<rect width="100%" height="100%" fill="#fff"/>\n` +
    `<text x="${LEFT}" y="18" font-size="14" font-weight="600">${escape(title)}</text>\n` +
    panels.map((panel) => draw(panel, last)).join("") +
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${height - 8}" text-anchor="middle">step</text>\n</svg>\n`;
}

function draw({ name, top, domain, values, dots }: Panel, last: number): string {
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
