/**
 * A training step (forward, backward, SGD with momentum) and a prediction of each segmentation network on the WASM backend, as they are
 * used: in a thread a core. Beside PyTorch (Debian's python3-torch) in as many, which runs in a subprocess where it is installed; a
 * photo of 640 × 360 by the network that ships; and what a prediction takes beside the network, on the WebGPU backend, too:
 *
 *     deno bench --allow-read --allow-run=/usr/bin/python3 tests/bench/segmentation_bench.ts
 */
import { openCompute } from "../../core/gpu/open_compute.ts";
import { predictImage } from "../../core/predict/predict_image.ts";
import { openBackend } from "../../models/backend.ts";
import type { LayerGraph } from "../../models/layers/layer_graph.ts";
import { defineNetwork } from "../../models/layers/network.ts";
import { IMAGE_ARCHS } from "../../models/segmenter/architectures.ts";
import { loadSegmenter } from "../../models/segmenter/checkpoint.ts";
import { segmenterGradientModel } from "../../models/segmenter/gradients.ts";
import type { SegmentationArch } from "../../models/segmenter/segmentation_network.ts";
import { createSegmenter, Segmenter } from "../../models/segmenter/segmenter.ts";
import { tf } from "../../models/tfjs.ts";
import { GradientThreads } from "../../models/training/gradient_threads.ts";
import { MomentumSgd } from "../../models/training/momentum.ts";
import { Peer } from "./peer.ts";
import { testPhoto } from "./test_photo.ts";

const THREADS = navigator.hardwareConcurrency;
const WIDTH = 0.25, BATCH = 4, SIDE = 256;
const RUNS = { n: 5, warmup: 1 };
/** Milliseconds that threads take to start, and more. */
const STARTING = 3000;

const compute = await openCompute();
await openBackend({ backend: "wasm" });

async function openPeer(): Promise<{ peer?: Peer; version: string }> {
  try {
    const peer = new Peer("segmentation_step.py", [`${THREADS}`]);
    return { peer, version: await peer.line() };
  } catch (error) {
    console.log(`No PyTorch to compare with: ${error instanceof Error ? error.message : error}`);
    return { version: "" };
  }
}

/** Something to time, and how to free it. */
interface Work extends Disposable {
  run(): Promise<void>;
}

/** Training steps of a network. */
async function training(arch: SegmentationArch): Promise<Work> {
  const segmenter = createSegmenter({ arch, width: WIDTH, seed: 1 });
  const threads = await GradientThreads.open(segmenterGradientModel(segmenter, { loss: "bce" }), THREADS);
  const optimiser = new MomentumSgd({ momentum: 0.9 });
  const random = (length: number) => Float32Array.from({ length }, () => Math.random());
  const crops = {
    pixels: random(BATCH * SIDE ** 2 * 3).map((value) => 255 * value),
    truth: Uint8Array.from(random(BATCH * SIDE ** 2), Math.round),
    count: BATCH,
    width: SIDE,
    height: SIDE,
  };
  return {
    async run() {
      const { gradients } = await threads.gradients(crops);
      optimiser.step(gradients, segmenter.trainable, 0.001);
      tf.dispose(gradients);
    },
    [Symbol.dispose]() {
      threads[Symbol.dispose]();
      optimiser.dispose();
      segmenter.dispose();
    },
  };
}

/** Predictions of a batch by a network, once its threads are there. */
async function prediction(arch: SegmentationArch): Promise<Work> {
  const segmenter = createSegmenter({ arch, width: WIDTH, seed: 1 });
  const images = Array.from({ length: BATCH }, () => {
    const data = Float32Array.from({ length: SIDE ** 2 * 3 }, () => Math.floor(256 * Math.random()));
    return compute.upload({ width: SIDE, height: SIDE, channels: 3, data });
  });
  const run = async () => {
    for (const map of await Promise.all(images.map((image) => segmenter.predict(image)))) {
      map.dispose();
    }
  };
  const start = performance.now();
  while (performance.now() - start < STARTING) await run();
  return {
    run,
    [Symbol.dispose]() {
      for (const image of images) image.dispose();
      segmenter.dispose();
    },
  };
}

const { peer, version } = await openPeer();
/** What is timed now: the memory of one at a time is in use. */
let work: Work | undefined;
for (const arch of IMAGE_ARCHS.filter((arch) => /^(unet|deepcrack_\w+|oed_b0)$/.test(arch))) {
  for (const [what, begin] of [["training step", training], ["prediction", prediction]] as const) {
    const group = `${what}: ${arch} × ${WIDTH}, ${BATCH} × ${SIDE}²`;
    let begun = false;
    Deno.bench(`Hairline: ${what}, ${arch}`, { group, baseline: true, ...RUNS }, async () => {
      if (!begun) {
        work?.[Symbol.dispose]();
        work = await begin(arch);
        begun = true;
      }
      await work!.run();
    });
    if (peer === undefined) continue;
    Deno.bench(`PyTorch ${version}: ${what}, ${arch}`, { group, ...RUNS }, async () => {
      await peer.ask(`${what === "prediction" ? "predict" : "train"} ${arch} ${WIDTH} ${BATCH} ${SIDE}`);
    });
  }
}

const photo = await testPhoto(640, 360);
const segmenter = await loadSegmenter();
Deno.bench(`${segmenter.name}, the network that ships: a photo of 640 × 360`, RUNS, async () => {
  await predictImage(compute, photo, { segmenter });
});

/** A network that gives what is red and has no weights: what is timed is what is around networks. */
const redness = new Segmenter({
  network: defineNetwork({
    arch: "unet",
    width: 1,
    multiple: 32,
    outputs: ["red"],
    input: { offset: 0, divisor: 255 },
    forward: <T>(image: T, graph: LayerGraph<T>) => [
      graph.operation({
        name: "red",
        kind: "slice",
        shape: ({ width, height }) => ({ width, height, channels: 1 }),
        run: (x) => x.slice([0, 0, 0, 0], [-1, -1, -1, 1]),
      }, image),
    ],
  }),
  seed: 0,
  trainingSize: null,
});
for (const [backend, tile] of [["wasm", 1024], ["webgpu", 1024], ["webgpu", 256]] as const) {
  const options = { group: "beside the network", n: 20, warmup: 3 };
  Deno.bench(`a photo of 640 × 360 in tiles of ${tile} on ${backend}`, options, async () => {
    await openBackend({ backend, compute });
    await predictImage(compute, photo, { segmenter: redness, tile });
  });
}
