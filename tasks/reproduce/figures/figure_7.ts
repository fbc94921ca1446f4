import { drawPrecisionRecallCurve, type NamedCurve } from "../../evaluate/precision_recall_curve.ts";
import { type Html, markup } from "../../report/markup.ts";
import { labelRow } from "../measure/label_rows.ts";
import { measureOnSet } from "../measure/segmenter_comparison.ts";
import { onEachSet, type Outcome } from "../outcome.ts";
import type { PaperSet } from "../paper_set.ts";
import { SUPERVISION, type TruthName, TRUTHS } from "../published.ts";
import { type Run, trainedOnSuffix } from "../run.ts";
import { networksOfRun, type TrainedNetworks } from "../training/trained_networks.ts";

/** Figure 7: precision over recall, on each set, of networks trained with each truth on the training set. */
export async function figure7(run: Run): Promise<Outcome> {
  const { data, ...networks } = await networksOfRun(run);
  const joined = await onEachSet(run.sets, (set) => ofSet(set, networks, run));
  return { ...joined, data: [...joined.data, data] };
}

async function ofSet(
  set: PaperSet,
  { trained, notes, classifiers }: TrainedNetworks,
  run: Run,
): Promise<Outcome> {
  const { results, segmenters, skipped, data, what } = await measureOnSet(trained, set, run);
  const panels = Map.groupBy(results, ({ trained }) => trained.plan.title);
  return {
    tables: [{
      title: `Precision and recall: ${what}`,
      rows: results.map((result) => labelRow(result.method.title, result)),
      notes,
    }],
    pictures: [{
      file: `figure-7-${set.name}${trainedOnSuffix(run)}.svg`,
      content: curvePanels(
        `Figure 7: precision over recall, ${what}`,
        [...panels].map(([title, ofNetwork]) => ({
          title,
          curves: ofNetwork.map(({ trained, sweep }) => ({
            truth: trained.truth.name,
            points: sweep.curve(),
            threshold: sweep.ods().threshold,
          })),
        })),
      ),
    }],
    data: [data],
    classifiers,
    segmenters,
    skipped,
  };
}

/** The curve of a network. */
export interface NetworkCurve extends Omit<NamedCurve, "name"> {
  /** What it was trained with. */
  readonly truth: TruthName;
}

/** Curves that share a frame. */
export interface CurvePanel {
  readonly title: string;
  readonly curves: readonly NetworkCurve[];
}

/** Pixels: a panel, the space around it, a line of text, a word of the legend. */
const SIDE = 480, GAP = 12, LINE = 26, WORD = 260;

const COLOURS: Readonly<Record<TruthName, string>> = { masks: "#1d4ed8", crf: "#b45309", labels: "#c8104f" };

const WORDS: Readonly<Record<TruthName, string>> = {
  masks: "masks",
  crf: "CRF labels",
  labels: "our labels",
};

/** The class of a curve: `fsv`, `wsv-crf` or `wsv`. */
function classOf(truth: TruthName): string {
  return SUPERVISION[truth].toLowerCase();
}

const STYLE = `path { fill: none; stroke-width: 2; } text { font-size: 14px; }
.frame { fill: none; stroke: #999; } path.equal { stroke: #ccc; stroke-width: 1; } text.equal { fill: #777; font-size: 12px; }
${
  TRUTHS.map((truth) => {
    const [name, colour] = [classOf(truth), COLOURS[truth]];
    return `path.${name} { stroke: ${colour}; } circle.${name}, text.${name} { fill: ${colour}; }`;
  }).join("\n")
}`;

/** Precision over recall, a panel a network, side by side: an SVG that stands alone. */
function curvePanels(title: string, panels: readonly CurvePanel[]): string {
  const shown = TRUTHS.filter((truth) =>
    panels.some(({ curves }) => curves.some((curve) => curve.truth === truth))
  );
  const width = GAP + Math.max(panels.length * (SIDE + GAP), shown.length * WORD);
  const height = 3 * LINE + SIDE + GAP;
  const left = (i: number) => GAP + i * (SIDE + GAP);
  return markup`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif">
<style>
${STYLE}
</style>
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${GAP}" y="${LINE}" font-weight="bold">${title}</text>
${shown.map(legend)}
${
    panels.map((panel, i) =>
      markup`<text x="${left(i)}" y="${3 * LINE}">${panel.title}</text>
<svg x="${left(i)}" y="${3 * LINE + 4}" width="${SIDE}" height="${SIDE}">
${
        drawPrecisionRecallCurve(
          panel.curves.map(({ truth, ...curve }) => ({ ...curve, name: classOf(truth) })),
        )
      }</svg>
`
    )
  }</svg>
`.source;
}

function legend(truth: TruthName, i: number): Html {
  return markup`<text class="${classOf(truth)}" x="${GAP + i * WORD}" y="${2 * LINE}">${
    SUPERVISION[truth]
  }: trained on ${WORDS[truth]}</text>
`;
}
