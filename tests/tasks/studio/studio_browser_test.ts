import assert from "node:assert/strict";
import { join } from "node:path";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { hairlineLabeller } from "../../../core/label/hairline/hairline_label.ts";
import { predictAtScales } from "../../../core/predict/predict_scales.ts";
import { loadSegmenter } from "../../../models/segmenter/checkpoint.ts";
import { listMasks, readRunMask } from "../../../tasks/annotations/run_masks.ts";
import { confidenceBytes } from "../../../tasks/batch/map_bytes.ts";
import { maskPath } from "../../../tasks/batch/maps.ts";
import { isFile } from "../../../tasks/files/presence.ts";
import { unpackArchive } from "../../../tasks/files/unpack.ts";
import { cutPixels } from "../../../tasks/studio/page/box.ts";
import { correctedMaskPath, readReview } from "../../../tasks/studio/review.ts";
import { KEY_HEADER, serveStudio } from "../../../tasks/studio/serve_studio.ts";
import { studioPage } from "../../../tasks/studio/studio_page.ts";
import { StudioRun } from "../../../tasks/studio/studio_run.ts";
import { Page, whyNoChromium } from "../../chromium.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { writeRun } from "../run_fixture.ts";
import { drawnPhoto, onScreen, pressButton, READY, shownMask, until, WIDTH } from "./driven_studio.ts";

/** What the network is shown of the photo where the box from (40, 30) to (100, 60) is drawn: 32 pixels more on each side, within the photo. */
const AROUND = { left: 8, top: 0, width: 125, height: 93 };
// It comes last among the names.
const HOSTILE = `z"><img src=x onerror=document.title=1>.png`;
const reason = whyNoChromium();

const SAVED = `document.getElementById("saving").textContent === ""`;

/** The red values of what the desk shows below the mask. */
const shownBelow = `((canvas) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  return Array.from({ length: data.length / 4 }, (_, i) => data[4 * i]);
})(document.querySelector(".stage canvas"))`;

/** What Deno finds in it. */
async function expectedMasks(photo: ImageData) {
  using compute = await openCompute();
  using segmenter = await loadSegmenter();
  const { mask: labelled, confidence } = await hairlineLabeller(compute, { segmenter }).label(photo);
  const { mask: predicted } = await predictAtScales(compute, photo, { segmenter });
  // A page's types know photos of half floats, too.
  const { width, height, data } = cutPixels({
    width: photo.width,
    height: photo.height,
    data: Uint8ClampedArray.from(photo.data),
  }, AROUND);
  const { mask: inBox } = await predictAtScales(compute, new ImageData(data, width, height), {
    ...{ segmenter, start: 2 },
  });
  // At half its sides: networks on SwiftShader are slow.
  const { mask: coarse } = await predictAtScales(compute, photo, { segmenter, start: 0.5 });
  return { labelled, predicted, inBox, coarse, confidence: confidenceBytes(confidence) };
}

async function slide(page: Page, id: string, value: number): Promise<void> {
  await page.evaluate(`{
    const slider = document.getElementById("${id}");
    slider.value = ${value};
    for (const kind of ["input", "change"]) slider.dispatchEvent(new Event(kind, { bubbles: true }));
  }`);
}

/** Chooses a scale to look again at: by the photo's detail, twice its sides, its own, half of them, a quarter. */
async function chooseScale(page: Page, index: number): Promise<void> {
  await page.evaluate(`{
    const select = document.getElementById("scale");
    select.selectedIndex = ${index};
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }`);
}

/** Saves a decision as another window would. */
async function otherWindow(
  link: string,
  name: string,
  { run, facts }: { readonly run: string; readonly facts: object },
): Promise<void> {
  const { origin, searchParams } = new URL(link);
  const body = new FormData();
  body.set("run", run);
  body.set("facts", JSON.stringify([{ name, ...facts }]));
  const headers = { [KEY_HEADER]: searchParams.get("key")! };
  const response = await fetch(`${origin}/api/review`, { method: "PUT", headers, body });
  await response.body?.cancel();
  assert.equal(response.status, 200);
}

const count = (mask: ArrayLike<number>) => Array.from(mask).reduce((sum, value) => sum + value, 0);

Deno.test({
  name: `studio in a browser${reason === undefined ? "" : ` (left out: ${reason})`}`,
  ignore: reason !== undefined,
  async fn(t) {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "hairline.html"), photoPath = join(folder.path, HOSTILE);
    const html = await studioPage(folder.path);
    await Deno.writeTextFile(path, html);
    const photo = drawnPhoto();
    await Deno.writeFile(photoPath, await encodePng(photo));
    await using page = await Page.open(folder.path, { webgpu: true });
    await page.resize({ width: 1100, height: 800 });
    const expected = await expectedMasks(photo);

    await t.step("is one file of at most 8 MB", () => assert.ok(html.length <= 8e6, `${html.length} bytes`));

    const cutNetwork = (offline: boolean) =>
      page.call("Network.emulateNetworkConditions", {
        ...{ offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 },
      });

    await t.step("opened as a file, with the network cut, it marks the pixels that Deno marks", async () => {
      await cutNetwork(true);
      await page.goto(path);
      assert.equal(await page.evaluate("navigator.onLine"), false);
      assert.equal(await page.evaluate(`document.querySelectorAll(".unsupported").length`), 0);
      await page.chooseFiles("input[type=file]", [photoPath]);
      const { labelled, predicted, confidence } = expected;
      assert.ok(count(labelled) > 50, `${count(labelled)} crack pixels`);
      await page.until(READY);
      assert.deepEqual(await shownMask(page), [...labelled]);
      await slide(page, "threshold", 80);
      assert.deepEqual(await shownMask(page), [...confidence].map((value) => value > 204 ? 1 : 0));
      await pressButton(page, "As found");
      assert.deepEqual(await shownMask(page), [...labelled]);
      await pressButton(page, "Predict");
      await page.until(`document.querySelector(".busy")`);
      await page.until(READY);
      assert.deepEqual(await shownMask(page), [...predicted]);
    });

    await t.step("shows a hostile name as text, and says what computes", async () => {
      assert.equal(await page.evaluate(`document.querySelector(".panel h2").textContent`), HOSTILE);
      assert.equal(await page.evaluate("document.title"), "Hairline");
      const device = await page.evaluate(`document.querySelector(".device").textContent`);
      assert.match(String(device), /^unet_mobilenet on the processor \(wasm\); kernels on .*swiftshader/);
    });

    await t.step("brush, eraser, pieces and pen mend, and all is undone", async () => {
      const before = await shownMask(page);
      await page.press("b");
      await page.drag(await onScreen(page, 20, 50), await onScreen(page, 40, 50));
      const brushed = await shownMask(page);
      for (let x = 20; x <= 40; x++) assert.equal(brushed[50 * WIDTH + x], 1);
      // Five pixels wide.
      assert.ok(count(brushed) - count(before) >= 5 * 20);
      await page.press("e");
      await page.drag(await onScreen(page, 30, 45), await onScreen(page, 30, 55));
      assert.equal((await shownMask(page))[50 * WIDTH + 30], 0);
      await page.press("d");
      await page.drag(await onScreen(page, 22, 50));
      const left = await shownMask(page);
      assert.equal(left[50 * WIDTH + 22], 0);
      assert.equal(left[50 * WIDTH + 38], 1);
      await page.press("p");
      const crack = (y: number) => WIDTH / 2 + 4 * Math.sin(y / 5);
      await page.drag(await onScreen(page, crack(5), 5));
      await page.drag(await onScreen(page, crack(94), 94));
      const drawn = await shownMask(page);
      for (let y = 5; y < 94; y++) {
        const near = [-2, -1, 0, 1, 2].some((by) => drawn[y * WIDTH + Math.round(crack(y)) + by] === 1);
        assert.ok(near, `row ${y}`);
      }
      await page.press("Escape");
      for (let i = 0; i < 4; i++) await pressButton(page, "Undo");
      assert.deepEqual(await shownMask(page), before);
      // And the looks before.
      for (let i = 0; i < 9; i++) await pressButton(page, "Undo");
      assert.deepEqual(await shownMask(page), [...expected.labelled]);
      for (let i = 0; i < 4; i++) await pressButton(page, "Redo");
      assert.deepEqual(await shownMask(page), brushed);
    });

    await t.step("a finger draws, and two fingers zoom without a stroke", async () => {
      const before = await shownMask(page);
      const touch = async (type: string, ...at: readonly (readonly [x: number, y: number])[]) => {
        await page.call("Input.dispatchTouchEvent", {
          type,
          touchPoints: at.map(([x, y], id) => ({ x, y, id })),
        });
        await page.evaluate("new Promise(requestAnimationFrame)");
      };
      const width = async () =>
        Number(await page.evaluate(`document.querySelector("canvas.mask").getBoundingClientRect().width`));
      const shownWidth = await width();
      await page.press("b");
      const left = await onScreen(page, 60, 50), right = await onScreen(page, 80, 50);
      await touch("touchStart", left);
      await touch("touchStart", left, right);
      const further = await onScreen(page, 100, 50);
      await touch("touchMove", left, further);
      await touch("touchEnd");
      assert.ok(Math.abs(await width() / shownWidth - 2) < 0.05, `${await width() / shownWidth}`);
      assert.deepEqual(await shownMask(page), before);
      await page.press("0");
      await touch("touchStart", await onScreen(page, 60, 50));
      await touch("touchMove", await onScreen(page, 80, 50));
      await touch("touchEnd");
      const drawn = await shownMask(page);
      for (let x = 60; x <= 80; x++) assert.equal(drawn[50 * WIDTH + x], 1);
      await pressButton(page, "Undo");
      assert.deepEqual(await shownMask(page), before);
    });

    await t.step("looks again in a box, at another scale, as Deno does there", async () => {
      const before = await shownMask(page);
      await page.press("x");
      await page.drag(await onScreen(page, 40, 30), await onScreen(page, 100, 60));
      await chooseScale(page, 1);
      await pressButton(page, "Predict");
      await page.until(`document.querySelector(".busy")`);
      await page.until(READY);
      assert.deepEqual(
        await shownMask(page),
        before.map((value, i) => {
          const x = i % WIDTH - 40, y = Math.floor(i / WIDTH) - 30;
          return x >= 0 && x <= 60 && y >= 0 && y <= 30
            ? expected.inBox[(y + 30) * AROUND.width + x + 32]
            : value;
        }),
      );
      await pressButton(page, "Undo");
      assert.deepEqual(await shownMask(page), before);
    });

    await t.step("shows the stages of a label in place of the photo", async () => {
      await chooseScale(page, 0);
      await pressButton(page, "Make them here");
      await page.until(`document.querySelector(".stages")`);
      const titles = await page.evaluate(
        `[...document.querySelectorAll(".stages button")].map(({ textContent }) => textContent.trim())`,
      );
      assert.deepEqual(titles, [
        "Photo",
        "Scale 1",
        "Scale 2",
        "All scales",
        "Confidence",
        "Threshold",
        "Pieces",
        "×",
      ]);
      await pressButton(page, "Threshold");
      await page.until(`${shownBelow}.every((value) => value % 255 === 0)`);
      const below = await page.evaluate(shownBelow) as number[];
      // From 127.5 on what is surer than a half.
      const { confidence } = expected;
      assert.ok(
        below.every((value, i) => confidence[i] === 128 || value === (confidence[i] > 128 ? 255 : 0)),
      );
      await page.evaluate(`document.querySelector("[aria-label='Close the stages']").click()`);
      assert.equal(await page.evaluate(`document.querySelector(".stages")`), null);
    });

    await t.step("keeps photo, decision and mended mask when the page is loaded again", async () => {
      const before = await shownMask(page);
      await page.press("a");
      await page.until(`/Corrected/.test(document.querySelector(".accept").textContent)`);
      await page.until(SAVED);
      await page.goto(path);
      await page.until(READY);
      assert.equal(await page.evaluate(`document.querySelector(".panel h2").textContent`), HOSTILE);
      assert.match(String(await page.evaluate(`document.querySelector(".accept").textContent`)), /Corrected/);
      assert.deepEqual(await shownMask(page), before);
    });

    await t.step("saves the whole review as a run that commands take", async () => {
      const downloads = join(folder.path, "downloads");
      await page.call("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: downloads });
      const mended = await shownMask(page);
      await page.press("s");
      await page.evaluate(`{
        const select = document.getElementById("saved");
        select.selectedIndex = select.options.length - 1;
        select.dispatchEvent(new Event("change", { bubbles: true }));
      }`);
      await pressButton(page, "Save the file");
      const files = () => Array.fromAsync(Deno.readDir(downloads), ({ name }) => name).catch(() => []);
      await until("the archive is saved", async () => (await files()).some((name) => name.endsWith(".zip")));
      const [file] = await files();
      const run = await unpackArchive(join(downloads, file), join(folder.path, "unpacked"));
      const [masked] = await listMasks(run, { photos: [] });
      const { data } = await readRunMask(masked, { sure: undefined, score: false });
      assert.deepEqual([...data], mended);
      const found = await decodeImage(await Deno.readFile(maskPath(run, masked.name)));
      assert.deepEqual(
        Array.from(expected.labelled, (_, i) => found.data[4 * i] / 255),
        [...expected.labelled],
      );
    });

    await t.step("two points measure, and give a scale", async () => {
      await page.press("m");
      await page.drag(await onScreen(page, 10, 20));
      await page.drag(await onScreen(page, 40, 60));
      const length = () => page.evaluate(`document.getElementById("length").textContent`);
      assert.equal(await length(), "50.0 pixels");
      await page.evaluate(`{
        const input = document.querySelector(".panel input[type=number]");
        input.value = "25";
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }`);
      assert.equal(await length(), "50.0 pixels, 25.0 mm");
    });

    await t.step("networks run on WebGPU, too, where that is asked for, and find the same", async () => {
      await page.goto(`${path}?#webgpu`);
      await page.until(READY);
      await page.until(
        `/^unet_mobilenet on .*swiftshader$/i.test(document.querySelector(".device").textContent)`,
      );
      await chooseScale(page, 3);
      await pressButton(page, "Predict");
      await page.until(`document.querySelector(".busy")`);
      await page.until(READY);
      const { coarse } = expected;
      assert.ok(count(coarse) > 20, `${count(coarse)} pixels`);
      const differing = (await shownMask(page)).filter((value, i) => value !== coarse[i]).length;
      // Its sums are rounded elsewhere.
      assert.ok(differing <= count(coarse) / 100, `${differing} of ${count(coarse)} pixels`);
    });

    await t.step("asks nothing of any network", async () => {
      await cutNetwork(false);
      assert.deepEqual(page.complaints, []);
      const asked = await page.evaluate(
        `fetch("http://127.0.0.1:9/").then(() => "sent", ({ message }) => message)`,
      );
      assert.equal(asked, "Failed to fetch");
      assert.match(page.complaints.join(), /Content Security Policy/);
      page.complaints.length = 0;
    });

    await t.step(
      "a run is reviewed, what is done is saved at once, and outlives the page and the server",
      async () => {
        const { labelled, confidence } = expected;
        const kept = confidence.map((value, i) => value ^ i);
        const found = { photo, mask: labelled, confidence, stages: { "patch-map": kept } };
        const path = await writeRun(
          folder.path,
          ["a", "day 1/b", HOSTILE].map((name) => ({ name, ...found })),
        );
        let server = serveStudio(await StudioRun.open(path), { page: html, port: 0 });
        const port = Number(new URL(server.link).port);
        const decisions = async () =>
          [...(await readReview(path)).values()].map(({ name, decision }) => [name, decision]);
        const saved = (wanted: readonly (readonly string[])[]) =>
          until(
            `${wanted} are saved`,
            async () => JSON.stringify(await decisions()) === JSON.stringify(wanted),
          );
        try {
          await page.goto(server.link);
          await page.until(`document.querySelectorAll(".thumb").length === 3`);
          const tiles = await page.evaluate(
            `[...document.querySelectorAll(".thumb .name")].map((name) => name.textContent)`,
          );
          assert.deepEqual(tiles, ["a", "day 1/b", HOSTILE]);
          await page.press("r");
          await page.press("ArrowRight");
          await page.press("a");
          await saved([["a", "rejected"], ["day 1/b", "accepted"]]);
          // Another window takes it back.
          await otherWindow(server.link, "a", { run: await Deno.realPath(path), facts: { seconds: 1 } });
          await page.until(`!/rejected/.test(document.querySelector(".thumb").textContent)`);
          await page.press("ArrowLeft");
          await page.press("r");
          await page.press("ArrowRight");
          await saved([["a", "rejected"], ["day 1/b", "accepted"]]);

          await page.press("ArrowRight");
          await page.press("Enter");
          await page.until(READY);
          assert.deepEqual(await shownMask(page), [...labelled]);
          await page.press("b");
          await page.drag(await onScreen(page, 20, 50), await onScreen(page, 40, 50));
          const mended = await shownMask(page);
          await saved([["a", "rejected"], ["day 1/b", "accepted"], [HOSTILE, "corrected"]]);

          // Below the mask, a stage as the run kept it.
          await page.press("t");
          await pressButton(page, "Patch map");
          await page.until(`${shownBelow}[1] === ${kept[1]}`);
          assert.deepEqual(await page.evaluate(shownBelow), [...kept]);
          await page.press("t");
          assert.equal(await page.evaluate(`document.querySelector(".stages")`), null);

          // Annotations name the files of the photos.
          const downloads = join(folder.path, "annotations");
          await page.call("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: downloads });
          await page.press("s");
          await page.evaluate(`{
            const select = document.getElementById("saved");
            select.selectedIndex = [...select.options].findIndex(({ text }) => /COCO/.test(text));
            select.dispatchEvent(new Event("change", { bubbles: true }));
          }`);
          await pressButton(page, "Save the file");
          const annotations = join(downloads, "annotations.json");
          await until("annotations are saved", () => isFile(annotations));
          const { images } = JSON.parse(await Deno.readTextFile(annotations));
          // What was rejected is left out.
          const names = images.map((image: { file_name: string }) => image.file_name);
          assert.deepEqual(names, ["day 1/b.png", HOSTILE]);
          const { data } = await decodeImage(await Deno.readFile(correctedMaskPath(path, HOSTILE)));
          assert.deepEqual(Array.from(mended, (_, i) => data[4 * i] / 255), mended);
          const machine = await decodeImage(await Deno.readFile(maskPath(path, HOSTILE)));
          assert.deepEqual(Array.from(labelled, (_, i) => machine.data[4 * i] / 255), [...labelled]);

          // The page outlives its server, and goes on with the next one at its port.
          await server[Symbol.asyncDispose]();
          await pressButton(page, "Undo");
          await page.until(`/does not answer/.test(document.querySelector(".notice")?.textContent)`);
          server = serveStudio(await StudioRun.open(path), { page: html, port });
          await page.evaluate(
            `localStorage.setItem("hairline-key", "${new URL(server.link).searchParams.get("key")}")`,
          );
          await page.until(`document.querySelector(".notice") === null`);
          await pressButton(page, "Redo");
          await saved([["a", "rejected"], ["day 1/b", "accepted"], [HOSTILE, "corrected"]]);

          // And the review outlives the page.
          await page.goto(server.link);
          await page.until(`document.querySelectorAll(".thumb").length === 3`);
          await page.evaluate(`document.querySelectorAll(".thumb")[2].click()`);
          await page.until(READY);
          assert.deepEqual(await shownMask(page), mended);
        } finally {
          await server[Symbol.asyncDispose]();
        }
      },
    );
  },
});
