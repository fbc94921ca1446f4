import type { CurvePoint } from "../../core/metrics/sweep_result.ts";
import { line, scaleLinear } from "../report/d3.ts";
import { type Html, markup } from "../report/markup.ts";

/** A curve to draw. */
export interface NamedCurve {
  /** `macro` or `micro`, the class of its line, too. */
  readonly name: string;
  readonly points: readonly CurvePoint[];
  /** Where its ODS is reached: marked by a dot. */
  readonly threshold: number;
}

const SIDE = 420, LEFT = 52, TOP = 16, RIGHT = 48, BOTTOM = 46;
/** Recalls at which a line of equal F1 is computed. */
const STEPS = 60;

const x = scaleLinear([0, 1], [LEFT, LEFT + SIDE]);
const y = scaleLinear([0, 1], [TOP + SIDE, TOP]);

const path = line<readonly [recall: number, precision: number]>(
  ([recall]) => round(x(recall)),
  ([, precision]) => round(y(precision)),
);

/** Precision over recall as an SVG picture, on lines of equal F1; colours are those of the page. */
export function drawPrecisionRecallCurve(curves: readonly NamedCurve[]): Html {
  const [width, height] = [LEFT + SIDE + RIGHT, TOP + SIDE + BOTTOM];
  return markup`<svg class="curve" viewBox="0 0 ${width} ${height}" role="img" aria-label="Precision-recall curve">
<rect class="frame" x="${LEFT}" y="${TOP}" width="${SIDE}" height="${SIDE}"/>
${[0.2, 0.4, 0.6, 0.8].map(equalF1)}
${x.ticks(5).map(ticks)}
${curves.map(drawCurve)}
<text x="${LEFT + SIDE / 2}" y="${height - 6}" text-anchor="middle">recall</text>
<text transform="translate(13 ${TOP + SIDE / 2}) rotate(-90)" text-anchor="middle">precision</text>
</svg>
`;
}

function drawCurve({ name, points, threshold }: NamedCurve): Html {
  // Where nothing is called crack, precision is 0 by definition only.
  const drawn = points.filter(({ precision, recall }) => precision > 0 || recall > 0);
  const best = points[Math.round(threshold * 100)];
  const label = `${name}, threshold ${best.threshold.toFixed(2)}: precision ${
    best.precision.toFixed(3)
  }, recall ${best.recall.toFixed(3)}`;
  return markup`<path class="${name}" d="${
    path(drawn.map(({ precision, recall }) => [recall, precision])) ?? ""
  }"/>
<circle class="${name}" cx="${round(x(best.recall))}" cy="${
    round(y(best.precision))
  }" r="5"><title>${label}</title></circle>
`;
}

/** Where 2 P R / (P + R) = F1, that is P = F1 · R / (2 R − F1), which is 1 at R = F1 / (2 − F1). */
function equalF1(f1: number): Html {
  const least = f1 / (2 - f1);
  const points = Array.from({ length: STEPS + 1 }, (_, i): [number, number] => {
    const recall = least + (1 - least) * i / STEPS;
    return [recall, Math.min(1, f1 * recall / (2 * recall - f1))];
  });
  return markup`<path class="equal" d="${path(points) ?? ""}"/>
<text class="equal" x="${LEFT + SIDE + 6}" y="${round(y(least) + 4)}">F1 ${f1}</text>
`;
}

function ticks(value: number): Html {
  return markup`<text x="${round(x(value))}" y="${TOP + SIDE + 18}" text-anchor="middle">${value}</text>
<text x="${LEFT - 8}" y="${round(y(value) + 4)}" text-anchor="end">${value}</text>
`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
