/**
 * A training step (forward, backward, SGD with momentum) and a prediction of segmentation networks on the WASM backend in one thread,
 * beside PyTorch in two (Debian's python3-torch), which runs in a subprocess where it is installed; and a photo of 640 × 360 by the
 * network that ships:
 *
 *     deno bench --allow-read --allow-run=/usr/bin/python3 tests/bench/segmentation_bench.ts
 */
import { openCompute } from "../../core/compute.ts";
import { predictImage } from "../../core/predict_image.ts";
import { openBackend } from "../../models/backend.ts";
import { MomentumSgd } from "../../models/momentum.ts";
import { loadSegmenter } from "../../models/segmentation/load_segmenter.ts";
import type { SegmentationArch } from "../../models/segmentation/segmentation_network.ts";
import { createSegmenter, type Segmenter } from "../../models/segmentation/segmenter.ts";
import { segmenterGradients } from "../../models/segmentation/segmenter_gradients.ts";
import { tf } from "../../models/tfjs.ts";
import { Peer } from "./peer.ts";
import { testPhoto } from "./test_photo.ts";

const THREADS = "2";
const WIDTH = 0.25, BATCH = 4, SIDE = 256;
const RUNS = { n: 5, warmup: 1 };

const compute = await openCompute();
await openBackend({ backend: "wasm" });

async function openPeer(): Promise<{ peer?: Peer; version: string }> {
  try {
    const peer = new Peer("segmentation_step.py", [THREADS]);
    return { peer, version: await peer.line() };
  } catch (error) {
    console.log(`No PyTorch to compare with: ${error instanceof Error ? error.message : error}`);
    return { version: "" };
  }
}

/** A training step of a network. */
function trainer(segmenter: Segmenter): () => Promise<void> {
  const optimiser = new MomentumSgd({ momentum: 0.9 });
  const x = tf.randomUniform<tf.Rank.R4>([BATCH, SIDE, SIDE, 3], 0, 255, "float32", 1);
  const truth = tf.randomUniform<tf.Rank.R4>([BATCH, SIDE, SIDE, 1], 0, 1, "float32", 2).round<tf.Tensor4D>();
  return async () => {
    const { gradients } = await segmenterGradients(segmenter, { x, truth }, { loss: "bce" });
    optimiser.step(gradients, segmenter.trainable, 0.01);
    tf.dispose(gradients);
  };
}

/** A prediction of a batch by a network. */
function predictor(segmenter: Segmenter): () => Promise<void> {
  const x = tf.randomUniform<tf.Rank.R4>([BATCH, SIDE, SIDE, 3], 0, 255, "float32", 1);
  return async () => {
    const confidence = tf.tidy(() => segmenter.confidence(x));
    await confidence.data();
    confidence.dispose();
  };
}

const { peer, version } = await openPeer();
const archs: SegmentationArch[] = ["unet", "deepcrack_liu"];
for (const arch of archs) {
  for (const [what, make] of [["training step", trainer], ["prediction", predictor]] as const) {
    const group = `${what}: ${arch} × ${WIDTH}, ${BATCH} × ${SIDE}²`;
    let run: (() => Promise<void>) | undefined;
    Deno.bench(`Hairline, 1 thread: ${what}, ${arch}`, { group, baseline: true, ...RUNS }, async () => {
      run ??= make(createSegmenter({ arch, width: WIDTH, seed: 1 }));
      await run();
    });
    if (peer === undefined) continue;
    const name = `PyTorch ${version}, ${THREADS} threads: ${what}, ${arch}`;
    Deno.bench(name, { group, ...RUNS }, async () => {
      await peer.ask(`${what === "prediction" ? "predict" : "train"} ${arch} ${WIDTH} ${BATCH} ${SIDE}`);
    });
  }
}

const photo = await testPhoto(640, 360);
const segmenter = await loadSegmenter();
Deno.bench(`${segmenter.name}, the network that ships: a photo of 640 × 360`, RUNS, async () => {
  await predictImage(compute, photo, { segmenter });
});
