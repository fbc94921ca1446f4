/**
 * The sweep over all thresholds of 100 pairs of 640 × 360, upload and readback included, beside NumPy's loop over 99 thresholds, which runs in
 * a subprocess where Debian's Python has it (python3-numpy) and must count the same:
 *
 *     deno bench --allow-read --allow-run=/usr/bin/python3 tests/bench/sweep_bench.ts
 *
 * The time shown is that of all 100 pairs.
 */
import assert from "node:assert/strict";
import { openCompute } from "../../core/gpu/open_compute.ts";
import { sweepAll, type SweepPair } from "../../core/metrics/sweep.ts";
import { countsOf } from "../../core/metrics/swept_image.ts";
import { seeded } from "../core/testing.ts";
import { Peer } from "./peer.ts";

const WIDTH = 640, HEIGHT = 360, PAIRS = 100;

/** Pairs that differ; they are swept in turn. */
const DISTINCT = 5;

const compute = await openCompute();

/** A crooked crack, and a prediction that is high near it, low elsewhere, and 0 in half of the image, as labels and networks give. */
function pair(seed: number): Float32Array<ArrayBuffer>[] {
  const random = seeded(seed);
  const distance = (i: number): number =>
    Math.abs(Math.floor(i / WIDTH) - HEIGHT / 2 - 30 * Math.sin(i % WIDTH / (30 + 4 * seed)));
  const truth = new Float32Array(WIDTH * HEIGHT).map((_, i) => Number(distance(i) < 3));
  const prediction = truth.map((_, i) =>
    distance(i) > HEIGHT / 4 ? 0 : 0.8 * Math.exp(-((distance(i) / 12) ** 2)) + 0.2 * random()
  );
  return [prediction, truth];
}

const data = Array.from({ length: DISTINCT }, (_, i) => pair(i + 1));
const shape = { width: WIDTH, height: HEIGHT, channels: 1 };

function* uploaded(count: number): Generator<SweepPair> {
  for (let i = 0; i < count; i++) {
    const [prediction, truth] = data[i % DISTINCT].map((values) =>
      compute.upload({ ...shape, data: values })
    );
    using _prediction = prediction, _truth = truth;
    yield { prediction, truth };
  }
}

const onDevice = data.map(([prediction, truth]) => ({
  prediction: compute.upload({ ...shape, data: prediction }),
  truth: compute.upload({ ...shape, data: truth }),
}));
const planes = Array.from({ length: PAIRS }, (_, i) => onDevice[i % DISTINCT]);

const group = `sweep ${PAIRS} pairs`;
Deno.bench("hairline", { group, baseline: true, n: 5, warmup: 1 }, async () => {
  await sweepAll(uploaded(PAIRS));
});
Deno.bench("hairline, planes on the device", { group, n: 5, warmup: 1 }, async () => {
  await sweepAll(planes);
});
Deno.bench("hairline, tolerance 2", { group, n: 3, warmup: 1 }, async () => {
  await sweepAll(uploaded(PAIRS), { tolerance: 2 });
});
Deno.bench("hairline, tolerance 5", { group, n: 3, warmup: 1 }, async () => {
  await sweepAll(uploaded(PAIRS), { tolerance: 5 });
});

try {
  const peer = new Peer("sweep.py", [`${WIDTH}`, `${HEIGHT}`, `${DISTINCT}`]);
  const theirs: unknown = JSON.parse(
    await peer.ask(new Uint8Array(await new Blob(data.flat()).arrayBuffer())),
  );
  const ours = (await sweepAll(uploaded(DISTINCT))).toJSON().images.map((image) =>
    countsOf(image).slice(1).map((
      { overlap, predicted, crack },
    ) => [overlap, predicted - overlap, crack - overlap])
  );
  assert.deepEqual(ours, theirs, "NumPy counts otherwise");
  for (const way of ["sum", "count_nonzero"]) {
    Deno.bench(`numpy ${way}`, { group, n: 3, warmup: 1 }, async () => {
      await peer.ask(`${way} ${PAIRS}`);
    });
  }
} catch (error) {
  if (error instanceof assert.AssertionError) throw error;
  console.log(`No NumPy beside it: ${error instanceof Error ? error.message : error}.`);
}
