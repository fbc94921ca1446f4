/**
 * How fluidly the studio's overview scrolls: the photos of a run again and again, as many as you like, in headless Chromium without a GPU. Frames are
 * counted while the wheel turns; a photo's thumbnail is drawn where it rests in view.
 *
 *     deno task demo
 *     deno run --allow-read --allow-write=DIR --allow-net=127.0.0.1 --allow-run tests/bench/studio_scroll.ts hairline-demo DIR 10000
 */
import { dirname, join } from "node:path";
import { maskPath } from "../../tasks/batch/maps.ts";
import { runRecords } from "../../tasks/batch/run_records.ts";
import { serveStudio } from "../../tasks/studio/serve_studio.ts";
import { studioPage } from "../../tasks/studio/studio_page.ts";
import { StudioRun } from "../../tasks/studio/studio_run.ts";
import { Page } from "../chromium.ts";
import { labelManifest } from "../tasks/run_fixture.ts";

/** Turns of the wheel, and the pixels of each. */
const TURNS = 120, TURN = 300;

const [source, folder, count = "10000"] = Deno.args;
const records = await runRecords(source) ?? [];
const run = join(folder, "many");
const made: object[] = [];
for (let i = 0; i < Number(count); i++) {
  const record = records[i % records.length], name = `${i}/${record.name}`;
  await Deno.mkdir(dirname(maskPath(run, name)), { recursive: true });
  await Deno.copyFile(maskPath(source, record.name), maskPath(run, name));
  made.push({ ...record, name });
}
await Deno.writeTextFile(join(run, "manifest.json"), JSON.stringify(labelManifest(made)));

const page = await studioPage(folder);
await using server = serveStudio(await StudioRun.open(run), { page, port: 0 });
await using browser = await Page.open(folder);
await browser.resize({ width: 1280, height: 800 });
const start = performance.now();
await browser.goto(server.link);
await browser.until(`document.querySelector(".thumb")`);
const opened = performance.now() - start;
await browser.evaluate(`{
  window.frames = [];
  let last = performance.now();
  const frame = (now) => {
    window.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  window.long = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.long += duration;
  }).observe({ type: "longtask" });
}`);
/** Turns the wheel, with so many milliseconds between turns, and tells of the frames. */
async function scroll(what: string, rest: number): Promise<void> {
  await browser.evaluate("window.frames.length = 0; window.long = 0");
  for (let i = 0; i < TURNS; i++) {
    await browser.call("Input.dispatchMouseEvent", {
      ...{ type: "mouseWheel", x: 600, y: 500, deltaX: 0, deltaY: TURN },
    });
    await new Promise((resolve) => setTimeout(resolve, rest));
  }
  const { frames, long } = await browser.evaluate("({ frames: window.frames, long: window.long })") as {
    frames: number[];
    long: number;
  };
  const sum = frames.reduce((all, time) => all + time, 0);
  const slowest = frames.toSorted((a, b) => b - a);
  console.log(
    `${what}: ${(1000 * frames.length / sum).toFixed(1)} frames a second, 5 % of them take ${
      slowest[Math.floor(0.05 * frames.length)].toFixed(0)
    } ms or more, the longest ${slowest[0].toFixed(0)} ms; long tasks ${
      (100 * long / sum).toFixed(0)
    } % of the time`,
  );
}
console.log(`${count} photos: first thumbnails' places after ${opened.toFixed(0)} ms`);
await scroll("flying by", 16);
await scroll("with rests", 250);
await browser.until(`[...document.querySelectorAll(".thumb canvas")].every(({ height }) => height !== 150)`);
const top = await browser.evaluate(`document.querySelector(".grid").scrollTop`);
console.log(
  `${top} pixels scrolled, ${await browser.evaluate(`document.querySelectorAll(".tile").length`)} tiles`,
);
