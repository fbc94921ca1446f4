import assert from "node:assert/strict";
import { formatDuration, startProgress } from "../../../tasks/cli/progress.ts";

/** A progress report on a clock that the test moves. */
function progress(total: number, options: { interactive?: boolean; quiet?: boolean } = {}) {
  const state = { text: "", time: 0 };
  const report = startProgress({
    total,
    unit: "photo",
    interactive: false,
    ...options,
    write: (text) => void (state.text += text),
    now: () => state.time,
  });
  return { report, state };
}

Deno.test("startProgress() prints a line every few seconds where there is no terminal", () => {
  const { report, state } = progress(100);
  for (let i = 0; i < 100; i++) {
    state.time += 200;
    report.advance({ detail: `IMG_${i}` });
  }
  report[Symbol.dispose]();
  const lines = state.text.trimEnd().split("\n");
  // 20 s of work, a line at most every 5 s: the first photo's, three more, the last.
  assert.deepEqual(lines, [
    "1 of 100 photos, 5.0/s, 20 s left",
    "26 of 100 photos, 5.0/s, 15 s left",
    "51 of 100 photos, 5.0/s, 10 s left",
    "76 of 100 photos, 5.0/s, 5 s left",
    "100 of 100 photos, 5.0/s, 20 s",
  ]);
});

Deno.test("startProgress() leaves skipped items out of the rate", () => {
  const { report, state } = progress(4);
  report.advance({ skipped: true });
  report.advance({ skipped: true });
  state.time = 60_000;
  report.advance();
  assert.match(state.text, /3 of 4 photos, 1\.0\/min, 60 s left\n$/);
});

Deno.test("startProgress() redraws one line on a terminal and clears it for notes and at the end", () => {
  const { report, state } = progress(2, { interactive: true });
  state.time = 1000;
  report.advance({ detail: "a.jpg" });
  assert.ok(state.text.endsWith("1/2  1.0/s  1 s left  a.jpg\x1b[K"));
  assert.doesNotMatch(state.text, /\n/);
  report.note("b.jpg failed");
  assert.ok(state.text.endsWith("\r\x1b[Kb.jpg failed\n"));
  state.time = 2000;
  report.advance({ detail: "b.jpg" });
  report[Symbol.dispose]();
  assert.ok(state.text.endsWith("\r\x1b[K2 of 2 photos, 1.0/s, 2 s\n"));
});

Deno.test("startProgress() keeps to notes when quiet", () => {
  const { report, state } = progress(2, { quiet: true });
  report.advance();
  report.note("b.jpg failed");
  report.advance();
  report[Symbol.dispose]();
  assert.equal(state.text, "b.jpg failed\n");
});

Deno.test("formatDuration() says seconds, minutes and hours as people do", () => {
  assert.deepEqual([0, 1, 89, 90, 600, 5368, 5400, 7500].map(formatDuration), [
    "1 s",
    "1 s",
    "89 s",
    "2 min",
    "10 min",
    "89 min",
    "1 h 30 min",
    "2 h 05 min",
  ]);
});

Deno.test("startProgress() shows how far an item is in the bar, and by a line once in a while where there is no terminal", () => {
  const bar = progress(2, { interactive: true });
  bar.state.time = 1000;
  bar.report.inside("scan: 3 of 40 tiles");
  assert.ok(bar.state.text.endsWith("0/2  scan: 3 of 40 tiles\x1b[K"));
  bar.state.time = 1050;
  bar.report.inside("scan: 4 of 40 tiles");
  assert.ok(bar.state.text.endsWith("3 of 40 tiles\x1b[K"), "not redrawn so soon");

  const { report, state } = progress(2);
  for (let tile = 1; tile <= 40; tile++) {
    state.time += 2000;
    report.inside(`scan: ${tile} of 40 tiles`);
  }
  report.advance();
  report[Symbol.dispose]();
  assert.deepEqual(state.text.trimEnd().split("\n"), [
    "0 of 2 photos, scan: 15 of 40 tiles",
    "0 of 2 photos, scan: 30 of 40 tiles",
    "1 of 2 photos, 0.8/min, 80 s left",
  ]);
});
