/**
 * One training step of a residual network (forward, backward, SGD with momentum) on the WASM backend in one thread, beside PyTorch in
 * two (Debian's python3-torch), which runs in a subprocess where it is installed:
 *
 *     deno bench --allow-read --allow-run=/usr/bin/python3 tests/bench/train_bench.ts
 */
import { openBackend } from "../../models/backend.ts";
import { createClassifier } from "../../models/classifier/classifier.ts";
import { classifierGradients } from "../../models/classifier/gradients.ts";
import type { ResnetArch } from "../../models/classifier/resnet.ts";
import { tf } from "../../models/tfjs.ts";
import { MomentumSgd } from "../../models/training/momentum.ts";
import { Peer } from "./peer.ts";

const THREADS = "2";

const cases: { arch: ResnetArch; width: number; batch: number; size: number }[] = [
  { arch: "resnet18", width: 1, batch: 4, size: 128 },
  { arch: "resnet50", width: 1, batch: 4, size: 128 },
  { arch: "resnet18", width: 0.5, batch: 32, size: 64 },
];
const RUNS = { n: 10, warmup: 2 };

await openBackend({ backend: "wasm" });

/** A step of a network of its own, which it makes at the first call. */
function trainer({ arch, width, batch, size }: typeof cases[number]): () => Promise<void> {
  const classifier = createClassifier({ arch, width, seed: 1 });
  const optimiser = new MomentumSgd({ momentum: 0.9 });
  const x = tf.randomUniform<tf.Rank.R4>([batch, size, size, 3], 0, 255, "float32", 1);
  const crack = Uint8Array.from({ length: batch }, (_, i) => i % 2);
  return async () => {
    const { gradients } = await classifierGradients(classifier, { x, crack });
    optimiser.step(gradients, classifier.trainable, 0.01);
    tf.dispose(gradients);
  };
}

async function openPeer(): Promise<{ peer?: Peer; version: string }> {
  try {
    const peer = new Peer("training_step.py", [THREADS]);
    return { peer, version: await peer.line() };
  } catch (error) {
    console.log(`No PyTorch to compare with: ${error instanceof Error ? error.message : error}`);
    return { version: "" };
  }
}

const { peer, version } = await openPeer();
for (const shape of cases) {
  const { arch, width, batch, size } = shape;
  const group = `training step: ${arch} × ${width}, ${batch} × ${size}²`;
  let step: (() => Promise<void>) | undefined;
  Deno.bench(`Hairline, 1 thread: ${arch} × ${width}`, { group, baseline: true, ...RUNS }, async () => {
    step ??= trainer(shape);
    await step();
  });
  if (peer === undefined) continue;
  const name = `PyTorch ${version}, ${THREADS} threads: ${arch} × ${width}`;
  Deno.bench(name, { group, ...RUNS }, async () => {
    await peer.ask(`${arch} ${width} ${batch} ${size}`);
  });
}
