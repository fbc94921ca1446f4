/**
 * Patch thresholding (stage 8) of 640 × 360 grey values, upload and readback included, beside scikit-image's multi-Otsu patch by patch,
 * which runs in a subprocess where Debian's Python has it (python3-skimage):
 *
 *     deno bench --allow-read --allow-run=/usr/bin/python3 tests/bench/patch_threshold_bench.ts
 *
 * Two images, because the time depends on how many grey levels a patch has: a dark line on uniform noise of 40 levels, and a photo as
 * stages 6 and 7 leave it, with some 190.
 */
import { openCompute } from "../../core/gpu/open_compute.ts";
import { uploadImage } from "../../core/images/upload_image.ts";
import { bilateralFilter } from "../../core/kernels/bilateral_filter.ts";
import { grayscale } from "../../core/kernels/grayscale.ts";
import { patchThreshold } from "../../core/kernels/patch_threshold.ts";
import { seeded } from "../core/testing.ts";
import { Peer } from "./peer.ts";
import { testPhoto } from "./test_photo.ts";

const WIDTH = 640, HEIGHT = 360;

const compute = await openCompute();

function darkLine(): Float32Array<ArrayBuffer> {
  const random = seeded(8);
  return new Float32Array(WIDTH * HEIGHT).map((_, i) => {
    const x = i % WIDTH, y = Math.floor(i / WIDTH);
    const dark = Math.abs(y - HEIGHT / 2 - 30 * Math.sin(x / 40)) < 2;
    return Math.floor((dark ? 40 : 150) + 40 * random());
  });
}

async function smoothedPhoto(): Promise<Float32Array<ArrayBuffer>> {
  using photo = uploadImage(compute, await testPhoto(WIDTH, HEIGHT));
  using smooth = bilateralFilter(photo);
  using grey = grayscale(smooth);
  return await grey.read();
}

const images = [
  { group: "patch threshold, dark line", data: darkLine() },
  { group: "patch threshold, photo", data: await smoothedPhoto() },
];

for (const { group, data } of images) {
  Deno.bench(`hairline ${group}`, { group, baseline: true }, async () => {
    using grey = compute.upload({ width: WIDTH, height: HEIGHT, channels: 1, data });
    using mask = patchThreshold(grey);
    await mask.read();
  });
}

try {
  const peer = new Peer("patch_threshold.py", [`${WIDTH}`, `${HEIGHT}`, `${images.length}`]);
  const pixels = new Uint8Array(await new Blob(images.map(({ data }) => data)).arrayBuffer());
  await peer.ask(pixels);
  images.forEach(({ group }, i) => {
    Deno.bench(`scikit-image ${group}`, { group, n: 3, warmup: 1 }, async () => {
      await peer.ask(`${i}`);
    });
  });
} catch (error) {
  console.log(`No scikit-image beside it: ${error instanceof Error ? error.message : error}.`);
}
