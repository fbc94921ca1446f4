import { drawPrecisionRecallCurve, type NamedCurve } from "../evaluate/precision_recall_curve.ts";
import { markup } from "../report/markup.ts";

/** Curves that share a frame. */
export interface CurvePanel {
  readonly title: string;
  /** Each named `fsv` or `wsv`. */
  readonly curves: readonly NamedCurve[];
}

/** Pixels: a panel, the space around it, a line of text. */
const SIDE = 480, GAP = 12, LINE = 26;

const COLOURS = { fsv: "#1d4ed8", wsv: "#c8104f" } as const;

const STYLE = `path { fill: none; stroke-width: 2; } text { font-size: 14px; }
.frame { fill: none; stroke: #999; } path.equal { stroke: #ccc; stroke-width: 1; } text.equal { fill: #777; font-size: 12px; }
${
  Object.entries(COLOURS).map(([name, colour]) =>
    `path.${name} { stroke: ${colour}; } circle.${name}, text.${name} { fill: ${colour}; }`
  ).join("\n")
}`;

/** Precision over recall, a panel a network, side by side: an SVG that stands alone. */
export function curvePanels(title: string, panels: readonly CurvePanel[]): string {
  const width = GAP + panels.length * (SIDE + GAP), height = 3 * LINE + SIDE + GAP;
  const left = (i: number) => GAP + i * (SIDE + GAP);
  return markup`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif">
<style>
${STYLE}
</style>
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${GAP}" y="${LINE}" font-weight="bold">${title}</text>
<text class="fsv" x="${GAP}" y="${2 * LINE}">FSV: trained on masks</text>
<text class="wsv" x="${GAP + 200}" y="${2 * LINE}">WSV: trained on labels</text>
${
    panels.map((panel, i) =>
      markup`<text x="${left(i)}" y="${3 * LINE}">${panel.title}</text>
<svg x="${left(i)}" y="${3 * LINE + 4}" width="${SIDE}" height="${SIDE}">
${drawPrecisionRecallCurve(panel.curves)}</svg>
`
    )
  }</svg>
`.source;
}
