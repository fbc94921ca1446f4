/**
 * Predictions of several images at once, twice, for the tests: with `forget`, the segmenter is left to the end of the script.
 *
 * @module
 */
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { openBackend } from "../../../models/backend.ts";
import { createSegmenter } from "../../../models/segmenter/segmenter.ts";

using compute = await openCompute();
await openBackend({ backend: "wasm" });
const segmenter = createSegmenter({ arch: "unet", width: 1 / 64, seed: 2 });
const planes = [40, 33, 64].map((width) =>
  compute.upload({
    width,
    height: 30,
    channels: 3,
    data: Float32Array.from({ length: width * 30 * 3 }, (_, i) => i * i % 256),
  })
);
const confidences: number[][] = [];
for (let time = 0; time < 2; time++) {
  const maps = await Promise.all(planes.map((plane) => segmenter.predict(plane)));
  for (const map of maps) confidences.push([...await map.read()]);
  if (time === 0) await new Promise((resolve) => setTimeout(resolve, 1000));
}
console.log(JSON.stringify({ plan: await segmenter.planThreads(compute, 64 * 64), confidences }));
if (Deno.args[0] !== "forget") segmenter.dispose();
