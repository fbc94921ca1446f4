import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeJpeg } from "../../../core/images/encode_jpeg.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { reportChunks } from "../../../tasks/report/report.ts";
import type { LabelledEntry, ReportEntry } from "../../../tasks/report/report.ts";
import { writeWhole } from "../../../tasks/files/write_whole.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { Page, whyNoChromium } from "../../chromium.ts";

const WIDTH = 96;
const HEIGHT = 64;
const HOSTILE = `<script>document.title="caught"</script>"><img src=x onerror=alert(1)>`;

/** A photo of flat grey with a mask that covers all of it: red 255, green 31, blue 107. */
async function entry(name: string, overrides: Partial<LabelledEntry> = {}): Promise<LabelledEntry> {
  const grey = new Uint8ClampedArray(4 * WIDTH * HEIGHT).fill(128);
  for (let i = 3; i < grey.length; i += 4) grey[i] = 255;
  const mask = Uint8Array.from({ length: 4 * WIDTH * HEIGHT }, (_, i) => [255, 31, 107, 255][i % 4]);
  const preview = await encodeJpeg(new ImageData(grey, WIDTH, HEIGHT), { quality: 82 });
  return {
    name,
    width: WIDTH,
    height: HEIGHT,
    preview,
    overlay: await encodePng({ width: WIDTH, height: HEIGHT, channels: 4, data: mask }),
    stages: ["Grey values", "Confidence"].map((title) => ({
      key: title,
      title,
      note: "A note.",
      image: preview,
    })),
    crackPixels: 600,
    crackShare: 0.1,
    usable: true,
    seconds: 1,
    ...overrides,
  };
}

/** Writes a report of these photos and opens it. */
async function show(page: Page, folder: string, entries: Iterable<ReportEntry>): Promise<void> {
  const path = join(folder, "report.html");
  await writeWhole(
    path,
    reportChunks({
      title: "Crack labels of a street",
      date: new Date("2026-11-22T12:34:56Z"),
      version: "0.1.0",
      recipe: "paper",
      parameters: { patchSize: 32, patchStride: 16, bilateralSigmaRange: 120 },
      networks: [["Classifier", "resnet18 × 0.5, shipped"]],
      adapter: "llvmpipe (software)",
      backend: "wasm",
      totals: { labelled: 4, usable: 2, failed: 1, seconds: 5 },
      minCrackPixels: 100,
      entries,
    }),
  );
  await page.goto(path);
}

/** Four photos of all kinds and one that failed. */
async function fourPhotos(): Promise<ReportEntry[]> {
  return [
    await entry("day 1/IMG_9"),
    await entry(HOSTILE, { crackShare: 0.3 }),
    await entry("b".repeat(200), { crackShare: 0.01, crackPixels: 20, usable: false }),
    await entry("empty", { crackShare: 0, crackPixels: 0, usable: false }),
    { name: HOSTILE, error: `Cannot decode ${HOSTILE}.` },
  ];
}

const reason = whyNoChromium();

/** A test with a report of four photos in a window of 1280 × 900. It must not complain of anything on its console. */
function browserTest(name: string, test: (page: Page, folder: string) => Promise<void>): void {
  Deno.test({
    name: `report in a browser ${name}${reason === undefined ? "" : ` (left out: ${reason})`}`,
    ignore: reason !== undefined,
    async fn() {
      await using folder = await temporaryFolder();
      await using page = await Page.open(folder.path);
      await page.resize({ width: 1280, height: 900 });
      await show(page, folder.path, await fourPhotos());
      await test(page, folder.path);
      assert.deepEqual(page.complaints, []);
    },
  });
}

/** Colour of the page at a point of the n-th photo's picture, in shares of its sides: `mask`, `photo` or what it is. */
async function colourAt(page: Page, n: number, [x, y]: readonly [number, number]): Promise<string> {
  const { left, top, width, height } = await pictureBox(page, n);
  const clip = { x: left + x * width, y: top + y * height, width: 1, height: 1, scale: 1 };
  const { data } = await page.call("Page.captureScreenshot", { format: "png", clip });
  const pixel = await page.evaluate(`(async () => {
    const blob = new Blob([Uint8Array.from(atob(${JSON.stringify(data)}), (c) => c.charCodeAt(0))]);
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.drawImage(await createImageBitmap(blob), 0, 0);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  })()`) as number[];
  return pixel.join();
}

function pictureBox(
  page: Page,
  n: number,
): Promise<{ left: number; top: number; width: number; height: number }> {
  return page.evaluate(
    `document.querySelectorAll(".picture")[${n}].getBoundingClientRect().toJSON()`,
  ) as Promise<{ left: number; top: number; width: number; height: number }>;
}

function names(page: Page): Promise<unknown> {
  return page.evaluate(`[...document.querySelectorAll(".photo")].filter((photo) => photo.offsetHeight > 0)
    .map((photo) => photo.dataset.name)`);
}

async function choose(page: Page, id: string, value: string | number): Promise<void> {
  await page.evaluate(`{
    const control = document.getElementById("${id}");
    control.value = ${JSON.stringify(value)};
    for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind, { bubbles: true }));
  }`);
}

const MIDDLE = [0.5, 0.3] as const;

browserTest("shows the mask, fades it with the slider and takes it away with the switch", async (page) => {
  const photo = [128, 128, 128, 255];
  const mixed = (share: number) =>
    photo.map((value, c) => Math.round(value + share * ([255, 31, 107, 255][c] - value)));
  const near = async (expected: readonly number[]) => {
    const colour = (await colourAt(page, 0, MIDDLE)).split(",").map(Number);
    assert.ok(colour.every((value, c) => Math.abs(value - expected[c]) <= 3), `${colour} for ${expected}`);
  };
  await near(mixed(0.85));
  await choose(page, "opacity", 20);
  await near(mixed(0.2));
  await choose(page, "opacity", 100);
  await near(mixed(1));
  await page.evaluate(`document.getElementById("mask").click()`);
  await near(photo);
  await page.press(" ");
  await near(mixed(1));
});

browserTest("parts photo and mask at a divider, by mouse and by keyboard", async (page) => {
  const mask = await colourAt(page, 0, MIDDLE);
  const { left, top, width, height } = await pictureBox(page, 0);
  const y = top + height / 2;
  await page.drag([left + width - 3, y], [left + 0.8 * width, y], [left + 0.6 * width, y], [
    left + 0.4 * width,
    y,
  ]);
  assert.equal(await page.evaluate(`document.querySelectorAll(".large").length`), 0);
  const value = Number(await page.evaluate(`document.querySelector(".divider").value`));
  assert.ok(Math.abs(value - 40) <= 2, String(value));
  assert.equal(await colourAt(page, 0, [0.3, 0.3]), mask);
  assert.notEqual(await colourAt(page, 0, [0.5, 0.3]), mask);
  assert.equal(await colourAt(page, 1, [0.5, 0.3]), mask, "each photo has its own");
  for (let i = 0; i < 3; i++) await page.press("ArrowRight");
  assert.equal(Number(await page.evaluate(`document.querySelector(".divider").value`)), value + 3);
  await page.press("j");
  await page.press("d");
  await page.press("Home");
  assert.equal(await page.evaluate(`document.querySelectorAll(".divider")[1].value`), "0");
  assert.notEqual(await colourAt(page, 1, [0.1, 0.3]), mask);
});

browserTest("sorts by crack and filters by name and kind", async (page) => {
  const long = "b".repeat(200);
  assert.deepEqual(await names(page), ["day 1/IMG_9", HOSTILE, long, "empty"]);
  await choose(page, "sort", "most");
  assert.deepEqual(await names(page), [HOSTILE, "day 1/IMG_9", long, "empty"]);
  await choose(page, "sort", "least");
  assert.deepEqual(await names(page), ["empty", long, "day 1/IMG_9", HOSTILE]);
  await choose(page, "state", "usable");
  assert.deepEqual(await names(page), ["day 1/IMG_9", HOSTILE]);
  assert.equal(await page.evaluate(`document.getElementById("shown").value`), "2 of 4");
  await choose(page, "filter", "img_");
  assert.deepEqual(await names(page), ["day 1/IMG_9"]);
  await choose(page, "filter", "nothing like it");
  assert.deepEqual(await names(page), []);
  assert.equal(await page.evaluate(`document.querySelector(".nothing").offsetHeight > 0`), true);
  await choose(page, "filter", "");
  await choose(page, "state", "none");
  assert.deepEqual(await names(page), ["empty"]);
});

browserTest("goes from photo to photo, enlarges one and opens its stages by keyboard", async (page) => {
  const here = () => page.evaluate(`document.activeElement.closest(".photo")?.id`);
  await page.press("j");
  assert.equal(await here(), "photo-1");
  await page.press("ArrowRight");
  assert.equal(await here(), "photo-2");
  await page.press("k");
  assert.equal(await here(), "photo-1");
  const { width } = await pictureBox(page, 0);
  await page.press("Enter");
  assert.ok((await pictureBox(page, 0)).width > 1.5 * width);
  const stage = `document.querySelector("#photo-1 .stages img")`;
  assert.equal(await page.evaluate(`${stage}.checkVisibility({ contentVisibilityAuto: true })`), false);
  await page.press("s");
  assert.equal(await page.evaluate(`${stage}.checkVisibility({ contentVisibilityAuto: true })`), true);
  assert.equal(await page.evaluate(`${stage}.decode().then(() => ${stage}.naturalWidth)`), WIDTH);
  await page.press("Escape");
  assert.equal((await pictureBox(page, 0)).width, width);
  await page.press("/");
  assert.equal(await page.evaluate(`document.activeElement.id`), "filter");
  // What is typed into the filter is no command.
  await page.press("s");
  assert.equal(await page.evaluate(`document.querySelector("#photo-1 .stages").open`), true);
});

browserTest("shows a name with a script in it as text", async (page) => {
  assert.equal(await page.evaluate(`document.title`), "Crack labels of a street");
  assert.equal(await page.evaluate(`document.querySelector("#photo-2 h2").textContent`), HOSTILE);
  assert.equal(await page.evaluate(`document.querySelector("#failed dt").textContent`), HOSTILE);
  assert.equal(await page.evaluate(`document.scripts.length`), 1);
  // Chromium itself can read it: the tree that a screen reader walks has photos, controls and their names. It grows a while after the page.
  const photo = `${HOSTILE}, 30.0 % crack`;
  let nodes: { role?: { value: string }; name?: { value: string } }[] = [];
  const named = (role: string) =>
    nodes.filter((node) => node.role?.value === role).map(({ name }) => name?.value);
  await page.call("Accessibility.enable");
  for (const end = Date.now() + 60_000; !named("image").includes(photo) && Date.now() < end;) {
    ({ nodes } = await page.call("Accessibility.getFullAXTree") as { nodes: typeof nodes });
  }
  await page.call("Accessibility.disable");
  assert.ok(named("image").includes(photo));
  assert.deepEqual(named("checkbox"), ["Mask"]);
  assert.deepEqual(named("slider"), [
    "Opacity",
    ...["day 1/IMG_9", HOSTILE, "b".repeat(200), "empty"].map((name) => `Mask of ${name}, from the left to`),
  ]);
});

browserTest("fits a window of any width, light and dark, with all that it can unfold", async (page) => {
  await page.evaluate(`document.querySelectorAll("details").forEach((details) => details.open = true)`);
  for (const width of [320, 390, 768, 1280, 2560]) {
    for (const dark of [false, true]) {
      await page.resize({ width, height: 844, dark });
      assert.equal(
        await page.evaluate(`document.documentElement.scrollWidth`),
        width,
        `${width}, dark: ${dark}`,
      );
    }
    await page.evaluate(`document.querySelector(".picture").click()`);
    assert.equal(
      await page.evaluate(`document.documentElement.scrollWidth`),
      width,
      `${width}, one photo large`,
    );
    await page.evaluate(`document.querySelector(".picture").click()`);
  }
  const paper = () => page.evaluate(`getComputedStyle(document.body).backgroundColor`);
  const dark = await paper();
  await page.resize({ width: 390, height: 844 });
  assert.notEqual(await paper(), dark);
});

browserTest("holds two hundred photos", async (page, folder) => {
  const photo = await entry("photo");
  const entries = Array.from(
    { length: 200 },
    (_, i) => ({ ...photo, name: `IMG_${i}`, crackShare: i % 50 / 100 }),
  );
  await show(page, folder, entries);
  assert.equal((await names(page) as string[]).length, 200);
  await choose(page, "sort", "most");
  assert.deepEqual((await names(page) as string[]).slice(0, 5), [
    "IMG_49",
    "IMG_99",
    "IMG_149",
    "IMG_199",
    "IMG_48",
  ]);
  await choose(page, "filter", "img_19");
  assert.equal((await names(page) as string[]).length, 11);
  await choose(page, "filter", "");
  for (let i = 0; i < 3; i++) await page.press("ArrowLeft");
  assert.equal(await page.evaluate(`document.activeElement.dataset.name`), "IMG_50");
});
