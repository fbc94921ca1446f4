import assert from "node:assert/strict";
import { join } from "node:path";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { hairlineLabeller } from "../../../core/label/hairline/hairline_label.ts";
import { predictAtScales } from "../../../core/predict/predict_scales.ts";
import { loadSegmenter } from "../../../models/segmenter/checkpoint.ts";
import { bundleForPages } from "../../../tasks/studio/bundle.ts";
import { Page, whyNoChromium } from "../../chromium.ts";
import { testImage } from "../../core/testing.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const WIDTH = 161, HEIGHT = 99;
const reason = whyNoChromium();

/** A crack from top to bottom on texture, opaque. */
function drawnPhoto(): ImageData {
  const { data } = testImage(WIDTH, HEIGHT, 1, "crack", 7);
  const grey = Uint8ClampedArray.from(data);
  const pixels = new Uint8ClampedArray(4 * WIDTH * HEIGHT).fill(255);
  grey.forEach((value, i) => pixels.fill(value, 4 * i, 4 * i + 3));
  return new ImageData(pixels, WIDTH, HEIGHT);
}

Deno.test({
  name: `a page's worker marks the pixels that Deno marks${
    reason === undefined ? "" : ` (left out: ${reason})`
  }`,
  ignore: reason !== undefined,
  async fn() {
    await using folder = await temporaryFolder();
    const script = await bundleForPages("page/engine.ts", folder.path);
    const path = join(folder.path, "page.html");
    await Deno.writeTextFile(path, `<!DOCTYPE html><meta charset="utf-8"><title>Engine</title>`);
    await using page = await Page.open(folder.path, { webgpu: true });
    await page.goto(path);
    const photo = drawnPhoto();
    const png = await encodePng(photo);
    await page.evaluate(`{
      const url = URL.createObjectURL(new Blob([${JSON.stringify(script)}], { type: "text/javascript" }));
      const worker = new Worker(url);
      window.ask = (request) => new Promise((resolve, reject) => {
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.onmessage = ({ data }) => "reply" in data ? resolve(data.reply) : reject(new Error(data.failure));
        worker.postMessage(request);
      });
    }`);
    assert.deepEqual(
      await page.evaluate(`ask({ ask: "open" }).then(({ name, network }) => ({ name, network }))`),
      { name: "wasm", network: "unet × 0.25" },
    );
    // The worker's own decoder, on bytes.
    await page.evaluate(`(async () => {
      const bytes = Uint8Array.fromBase64("${png.toBase64()}");
      window.pixels = await ask({ ask: "decode", bytes });
    })()`);
    const decoded = await page.evaluate(
      "[pixels.width, pixels.height, new Uint8Array(pixels.data.buffer).toBase64()]",
    );
    assert.deepEqual(decoded, [WIDTH, HEIGHT, Uint8Array.from((await decodeImage(png)).data).toBase64()]);

    using compute = await openCompute();
    using segmenter = await loadSegmenter();
    for (const method of ["label", "predict"] as const) {
      const expected = method === "label"
        ? await hairlineLabeller(compute, { segmenter }).label(photo)
        : await predictAtScales(compute, photo, { segmenter });
      const [mask, confidence] = await page.evaluate(
        `ask({ ask: "mark", pixels, method: "${method}" }).then(({ mask, confidence }) =>
          [mask.toBase64(), new Uint8Array(confidence.buffer).toBase64()])`,
      ) as [string, string];
      assert.ok(expected.crackPixels > 50, `${expected.crackPixels} crack pixels`);
      assert.deepEqual(Uint8Array.fromBase64(mask), new Uint8Array(expected.mask), method);
      const found = new Float32Array(Uint8Array.fromBase64(confidence).buffer);
      found.forEach((value, i) => assert.ok(Math.abs(value - expected.confidence[i]) < 1e-3));
    }
    assert.deepEqual(page.complaints, []);
  },
});
