import script from "./evaluation.js" with { type: "text" };
import style from "./evaluation.css" with { type: "text" };
import type { Sweep, SweepRow } from "../../core/metrics/sweep_result.ts";
import { Html, markup, pageHead } from "../report/markup.ts";
import { figureRows, type Figures } from "./figures.ts";
import { drawPrecisionRecallCurve } from "./precision_recall_curve.ts";
import { worstFirst } from "./tables.ts";

/** What a page shows. */
export interface EvaluationReport {
  readonly title: string;
  readonly version: string;
  readonly date: Date;
  /** Of at least one image. */
  readonly sweep: Sweep;
  readonly figures: Figures;
  readonly rows: readonly SweepRow[];
  /** What could not be used, in sentences. */
  readonly skipped: readonly string[];
}

/** Renders an evaluation as one HTML page that needs no network and no other file. Without JavaScript, the worst images stand first. */
export async function renderEvaluation(report: EvaluationReport): Promise<string> {
  const { title, version, date, sweep, figures, rows, skipped } = report;
  const { images, tolerance, thresholds, emptyImages } = figures;
  const finished = date.toISOString();
  const curves = [
    { name: "macro", points: sweep.curve(), threshold: thresholds.macro },
    { name: "micro", points: sweep.curve({ definition: "micro" }), threshold: thresholds.micro },
  ];
  return markup`${await pageHead({ title, version, style, script, images: false })}<h1>${title}</h1>
<p>${images} ${images === 1 ? "image" : "images"}, tolerance ${tolerance} px; Hairline ${version}, ${
    finished.slice(0, 10)
  } ${finished.slice(11, 16)} UTC.</p>
<div class="overview">
<table class="figures">
<thead><tr><th>figure</th><th>value</th><th>threshold</th></tr></thead>
<tbody>
${figureRows(figures).map(([name, ...cells]) => tableRow([name, ...cells]))}</tbody>
</table>
<figure>
${drawPrecisionRecallCurve(curves)}
<figcaption>Precision and recall at the thresholds 0.00 to 0.99: <b class="macro">means over images</b> and
<b class="micro">of the counts of all images</b>; dots where their ODS is reached, grey lines of equal F1.</figcaption>
</figure>
</div>
${
    emptyImages > 0
      ? markup`<p>Images without crack in which nothing is called crack at the threshold of ODS macro: ${emptyImages}. Their F1 counts as 1.</p>`
      : ""
  }
<h2>Images</h2>
<label class="order">Order <select id="order" autocomplete="off">
<option value="worst">worst first</option>
<option value="best">best first</option>
</select></label>
<div class="scroll">
<table class="images">
<thead><tr><th>image</th><th>crack</th><th>F1 at ODS</th><th>best F1</th><th>threshold</th><th>precision</th><th>recall</th></tr></thead>
<tbody>
${worstFirst(rows).map(imageRow)}</tbody>
</table>
</div>
${skippedList(skipped)}
<script>${new Html(script)}</script>
</body>
</html>
`.source;
}

function tableRow(cells: readonly string[]): Html {
  return markup`<tr>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>
`;
}

function imageRow(row: SweepRow): Html {
  const { name, pixels, crackPixels, f1AtOds, f1, threshold, precision, recall } = row;
  return tableRow([
    name,
    `${(100 * crackPixels / pixels).toFixed(2)} %`,
    f1AtOds.toFixed(4),
    f1.toFixed(4),
    threshold.toFixed(2),
    precision.toFixed(4),
    recall.toFixed(4),
  ]);
}

function skippedList(skipped: readonly string[]): Html {
  if (skipped.length === 0) return markup``;
  return markup`<section id="skipped"><h2>Not used (${skipped.length})</h2>
<ul>${skipped.map((sentence) => markup`<li>${sentence}</li>`)}</ul></section>`;
}
