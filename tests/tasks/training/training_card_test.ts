import assert from "node:assert/strict";
import { accuracyPanels } from "../../../tasks/classifier/classifier_card.ts";
import { drawCurves } from "../../../tasks/training/training_card.ts";

Deno.test("drawCurves() draws every point inside the drawing, and nothing of a hostile title", () => {
  const points = [{ step: 10, loss: 1.5, accuracy: 0.4 }, { step: 20, loss: 0.5, accuracy: 0.9 }];
  const svg = drawCurves({ title: "<script>&", panels: accuracyPanels(points, [[20, 0.8]]) });
  assert.match(svg, /&lt;script>&amp;/);
  assert.ok(!svg.includes("<script"));
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
  const paths = [...svg.matchAll(/<path d="M([\d.,L]+)"/g)].map(([, d]) =>
    d.split("L").map((pair) => pair.split(",").map(Number))
  );
  assert.deepEqual(paths.map((path) => path.length), [2, 2]);
  for (const [x, y] of paths.flat()) assert.ok(x > 0 && x < Number(width) && y > 0 && y < Number(height));
  // Loss falls, accuracy rises: y counts downwards.
  assert.ok(paths[0][0][1] < paths[0][1][1] && paths[1][0][1] > paths[1][1][1]);
  assert.equal(svg.match(/<circle /g)?.length, 1);
});
