import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng } from "../../../core/images/encode_png.ts";
import { listMasks, readRunMask } from "../../../tasks/annotations/run_masks.ts";
import { readReview } from "../../../tasks/studio/review.ts";
import { serveStudio } from "../../../tasks/studio/serve_studio.ts";
import { studioPage } from "../../../tasks/studio/studio_page.ts";
import { StudioRun } from "../../../tasks/studio/studio_run.ts";
import { Page, whyNoChromium } from "../../chromium.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { type RunPhoto, writeRun } from "../run_fixture.ts";
import { runScript } from "../run_script.ts";
import { onScreen, pressButton, READY, shownColours, until } from "./driven_studio.ts";

const WIDTH = 64, HEIGHT = 40, COUNT = 12;
const reason = whyNoChromium();

/** A photo with a level crack three pixels wide, which is so long. */
function photoOf(name: string, length: number): RunPhoto {
  const photo = new ImageData(WIDTH, HEIGHT);
  const mask = Uint8Array.from(
    { length: WIDTH * HEIGHT },
    (_, i) => Number(i % WIDTH >= 5 && i % WIDTH < 5 + length && Math.abs(Math.floor(i / WIDTH) - 20) < 2),
  );
  mask.forEach((crack, i) => photo.data.set([...new Array(3).fill(crack ? 40 : 190), 255], 4 * i));
  return { name, photo, mask, confidence: mask.map((value) => 255 * value) };
}

Deno.test({
  name: `the studio's overview${reason === undefined ? "" : ` (left out: ${reason})`}`,
  ignore: reason !== undefined,
  async fn(t) {
    await using folder = await temporaryFolder();
    const names = Array.from({ length: COUNT }, (_, i) => `p${String(i).padStart(2, "0")}`);
    const path = await writeRun(folder.path, names.map((name, i) => photoOf(name, 20 + 3 * (i % 4))));
    const before = await writeRun(
      join(folder.path, "before"),
      names.map((name, i) => photoOf(name, 20 + i)),
    );
    const run = await StudioRun.open(path, { beside: before });
    const html = await studioPage(folder.path);
    await using server = serveStudio(run, { page: html, port: 0 });
    await using page = await Page.open(folder.path);
    await page.resize({ width: 900, height: 700 });
    await page.goto(server.link);
    await page.until(`document.querySelectorAll(".thumb").length === ${COUNT}`);
    const decided = async (decision: string) =>
      [...(await readReview(path)).values()].filter((photo) => photo.decision === decision)
        .map(({ name }) => name).toSorted();
    const decidedAre = (decision: string, wanted: readonly string[]) =>
      until(`${wanted} are ${decision}`, async () => (await decided(decision)).join() === wanted.join());
    const tile = (place: number) => `.tile:nth-child(${place + 1}) .thumb`;
    const shown = () =>
      page.evaluate(`[...document.querySelectorAll(".thumb .name")].map((name) => name.textContent)`);

    await t.step("many photos are chosen and decided about by keys, and it is taken back", async () => {
      await page.press("a", "control");
      await page.until(`/12 chosen/.test(document.querySelector(".chosen").textContent)`);
      await page.press("r");
      await decidedAre("rejected", names);
      await page.press("z", "control");
      await decidedAre("rejected", []);
      await page.press("Escape");
      await page.until(`document.querySelector(".chosen") === null`);
      // The focused one and three after it.
      await page.press("Home");
      for (let i = 0; i < 3; i++) await page.press("ArrowRight", "shift");
      await page.press("a");
      await decidedAre("accepted", names.slice(0, 4));
      // The time that it took is shared among them.
      const { seconds } = (await readReview(path)).get(names[1])!;
      assert.ok(seconds > 0 && seconds < 60 / 4 + 60 / COUNT, `${seconds} s`);
      await page.press("u");
      await decidedAre("accepted", []);
      await page.press("Escape");
    });

    await t.step("and by clicks with Shift and Ctrl, and by their boxes", async () => {
      await page.click(tile(2), "control");
      await page.click(tile(5), "shift");
      await page.click(tile(3), "control");
      await page.click(".tile:nth-child(9) .choose");
      await page.click(".chosen button");
      await decidedAre("accepted", [2, 4, 5, 8].map((place) => names[place]));
    });

    await t.step(
      "what the keyboard has reached takes its own keys, and a dialog has it while it is open",
      async () => {
        await page.press("Escape");
        const focused = () => page.evaluate("document.activeElement.textContent.trim()");
        await page.evaluate(`document.querySelector("header button").focus()`);
        assert.equal(await focused(), "Save …");
        await page.press("Enter");
        await page.until(`document.activeElement.matches("dialog")`);
        await page.press("Escape");
        await page.until(`document.querySelector("dialog") === null`);
        assert.equal(await focused(), "Save …");
        // On a thumbnail that was reached by Tab, they are for its photo.
        await page.evaluate(`document.querySelector("${tile(6)}").focus()`);
        await page.press(" ");
        await page.until(`/^1/.test(document.querySelector(".chosen").textContent.trim())`);
        assert.ok(await page.evaluate(`document.querySelector("${tile(6)}").matches(".is-chosen")`));
        await page.press("Escape");
      },
    );

    await t.step("only those that are shown are decided about", async () => {
      await page.click(".filters button:nth-child(2)");
      assert.deepEqual(await shown(), [0, 1, 3, 6, 7, 9, 10, 11].map((place) => names[place]));
      await page.press("a", "control");
      await page.click(".filters button:nth-child(3)");
      // Those chosen are undecided ones: of these, nothing is decided about but the focused one.
      await page.press("r");
      await decidedAre("rejected", [names[2]]);
      await page.click(".filters button:nth-child(1)");
      await page.press("Escape");
    });

    await t.step("sorts by crack, and finds names", async () => {
      await page.evaluate(`{
        const select = document.getElementById("sort");
        select.value = "crack";
        select.dispatchEvent(new Event("change", { bubbles: true }));
      }`);
      const by = (rest: number) => names.filter((_, i) => i % 4 === rest);
      assert.deepEqual(await shown(), [...by(3), ...by(2), ...by(1), ...by(0)]);
      await page.press("/");
      await page.call("Input.insertText", { text: "p1" });
      await page.until(`document.querySelectorAll(".thumb").length === 2`);
      assert.deepEqual(await shown(), [names[11], names[10]]);
      await page.press("Escape");
    });

    await t.step("two runs are compared: where they agree least, and where they differ", async () => {
      await page.evaluate(`{
        const search = document.getElementById("search");
        search.value = "";
        search.dispatchEvent(new Event("input", { bubbles: true }));
        const select = document.getElementById("sort");
        select.value = "agreement";
        select.dispatchEvent(new Event("change", { bubbles: true }));
      }`);
      const lengths = names.map((name, i) => ({ name, own: 20 + 3 * (i % 4), other: 20 + i }));
      const agreement = ({ own, other }: typeof lengths[number]) => 2 * Math.min(own, other) / (own + other);
      const wanted = lengths.toSorted((a, b) => agreement(a) - agreement(b));
      await page.until(`/% agree/.test(document.querySelector(".thumb").textContent)`);
      assert.deepEqual(await shown(), wanted.map(({ name }) => name));
      const [{ own, other }] = wanted;
      assert.ok(other > own, "the first is found longer by the run beside");
      await page.click(tile(0));
      await page.until(READY);
      const along = async () => (await shownColours(page)).slice(20 * WIDTH, 21 * WIDTH);
      const line = (colours: readonly (readonly [colour: number, until: number])[]) =>
        Array.from({ length: WIDTH }, (_, x) => x < 5 ? 0 : colours.find(([, end]) => x < end)?.[0] ?? 0);
      const [yellow, cyan, magenta] = [0x0ad6ff, 0xffc800, 0x6b1fff];
      assert.deepEqual(await along(), line([[yellow, 5 + own], [cyan, 5 + other]]));
      await page.press("c");
      assert.deepEqual(await along(), line([[magenta, 5 + own]]));
      await page.press("c");
      assert.deepEqual(await along(), line([[magenta, 5 + other]]));
      await page.press("c");
      await page.press("b");
      await page.drag(await onScreen(page, 60, 20), await onScreen(page, 63, 20));
      assert.equal((await along())[62], magenta, "what is drawn shows as a difference at once");
      await pressButton(page, "Undo");
      await page.press("Escape");
      await page.until(`document.querySelector(".thumb")`);
    });

    await t.step("a scale that is drawn by two points is measured with", async () => {
      const name = String(await page.evaluate(`document.querySelector("${tile(0)} .name").textContent`));
      await page.click(tile(0));
      await page.until(READY);
      await page.press("m");
      await page.drag(await onScreen(page, 10, 8));
      await page.drag(await onScreen(page, 40, 8));
      await page.click(".panel input[type=number]");
      await page.call("Input.insertText", { text: "15" });
      await page.press("Enter");
      await until(
        "the scale is kept",
        async () => (await readReview(path)).get(name)?.mmPerPixel !== undefined,
      );
      const out = join(folder.path, "measured");
      const { code, err } = await runScript("tasks/measure.ts", [path, "--out", out, "--quiet"], {
        permissions: ["--allow-read", "--allow-write"],
      });
      assert.equal(code, 0, err);
      const table = await Deno.readTextFile(join(out, "cracks.csv"));
      const [head, ...rows] = table.trim().split(/\r?\n/).map((row) => row.split(","));
      const cell = (row: readonly string[], name: string) => Number(row[head.indexOf(name)]);
      const row = rows.find(([photo]) => photo === name)!;
      // Thirty pixels are 15 mm: half a millimetre each.
      const [pixels, millimetres] = [cell(row, "length_px"), cell(row, "length_mm")];
      assert.ok(Math.abs(millimetres - pixels / 2) < 0.02 && pixels > 15, row.join());
      assert.equal(cell(rows.find(([photo]) => photo !== name)!, "length_mm"), 0);
    });

    await t.step(
      "of photos without a run, masks are drawn by hand where nothing computes, and count",
      async () => {
        const photos = join(folder.path, "plain");
        await Deno.mkdir(photos);
        await Deno.writeFile(join(photos, "a.png"), await encodePng(photoOf("a", 30).photo));
        await using plain = serveStudio(await StudioRun.open(photos), { page: html, port: 0 });
        await page.goto(plain.link);
        await page.until(READY);
        await page.until(
          `/can be drawn by hand/.test(document.querySelector(".panel .warning").textContent)`,
        );
        await page.press("p");
        await page.drag(await onScreen(page, 6, 20));
        await page.drag(await onScreen(page, 33, 20));
        await page.press("a");
        await until(
          "the mask is accepted",
          async () => (await readReview(photos)).get("a")?.decision === "corrected",
        );
        const [drawn] = await listMasks(photos, { photos: [] });
        const { data } = await readRunMask(drawn, { sure: undefined, score: false });
        // Three pixels wide, along the crack.
        const rows = Array.from({ length: HEIGHT }, (_, y) => data[y * WIDTH + 20]);
        assert.deepEqual(rows, Array.from({ length: HEIGHT }, (_, y) => Number(Math.abs(y - 20) < 2)));
      },
    );
  },
});
