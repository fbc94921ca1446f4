import assert from "node:assert/strict";
import type { Compute } from "../../../core/gpu/compute.ts";
import { sweep, sweepAll, type SweepPair } from "../../../core/metrics/sweep.ts";
import type { Sweep } from "../../../core/metrics/sweep_result.ts";
import { countsOf } from "../../../core/metrics/swept_image.ts";
import { metricsOracle, type OraclePair, sweepOracle } from "../../oracles/sweep.ts";
import { CONTENTS, seeded, sharedCompute, SIZES, testImage } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 24000 });

/** A prediction of bytes / 255 with one of the contents, and a truth that is a crooked line, and nothing in images of few pixels. */
function testPair(width: number, height: number, content: typeof CONTENTS[number]): OraclePair {
  const prediction = Float32Array.from(testImage(width, height, 1, content).data, (value) => value / 255);
  const truth = prediction.map((_, i) =>
    Math.abs(i % width - width / 2 - 3 * Math.sin(i / width / 4)) < 1.4 && width > 1 ? 255 : 0
  );
  return { width, height, prediction, truth };
}

function upload(
  compute: Compute,
  { width, height, prediction, truth }: OraclePair,
): Required<Omit<SweepPair, "ignored">> {
  const shape = { width, height, channels: 1 };
  return {
    name: "",
    prediction: compute.upload({ ...shape, data: Float32Array.from(prediction) }),
    truth: compute.upload({ ...shape, data: Float32Array.from(truth) }),
  };
}

async function sweepOf(compute: Compute, pair: OraclePair, tolerance = 0): Promise<Sweep> {
  const { prediction, truth } = upload(compute, pair);
  using _prediction = prediction, _truth = truth;
  return await sweep(prediction, truth, { tolerance });
}

/** Fails unless the sweep at once and the one in bands have the oracle's counts at all thresholds. */
async function assertCounts(pair: OraclePair, tolerance: number, message: string): Promise<void> {
  const expected = Array.from({ length: 100 }, (_, t) => sweepOracle(pair, t, tolerance));
  for (const compute of [await whole(), await banded()]) {
    const [image] = (await sweepOf(compute, pair, tolerance)).toJSON().images;
    assert.deepEqual(countsOf(image), expected, message);
  }
}

Deno.test("sweep() counts as the oracle does, at any size and content", async () => {
  for (const [width, height] of SIZES) {
    for (const content of CONTENTS) {
      await assertCounts(testPair(width, height, content), 0, `${width} × ${height} ${content}`);
    }
  }
});

for (const tolerance of [1, 2, 5]) {
  Deno.test(`sweep() counts as the oracle does with a tolerance of ${tolerance}`, async () => {
    for (const [width, height] of [[1, 1], [1, 7], [7, 1], [3, 5], [33, 17], [64, 64]]) {
      for (const content of ["black", "white", "crack"] as const) {
        await assertCounts(testPair(width, height, content), tolerance, `${width} × ${height} ${content}`);
      }
    }
  });
}

Deno.test("sweep() compares exactly at k / 100, at k / 255 and beside them", async () => {
  const values = new Float32Array(100 * 9 + 256 + 4);
  const bits = new Uint32Array(values.buffer);
  for (let k = 0; k < 100; k++) {
    for (let step = -4; step <= 4; step++) {
      values[9 * k + step + 4] = k / 100;
      if (k > 0) bits[9 * k + step + 4] += step;
    }
  }
  for (let k = 0; k < 256; k++) values[900 + k] = k / 255;
  // Rounding errors of 0 and 1, and the least and the largest float32 within 0..1.
  values.set([-0.0005, 1.0005, 2 ** -149, 1 - 2 ** -24], 1156);
  const random = seeded(3);
  const pair = {
    width: values.length,
    height: 1,
    prediction: values,
    truth: values.map(() => Number(random() < 0.5)),
  };
  for (const compute of [await whole(), await banded()]) {
    // Above 0.00 the oracle's `value >= t` has no say for the negative one.
    const counts = countsOf((await sweepOf(compute, pair)).toJSON().images[0]);
    for (let t = 1; t < 100; t++) assert.deepEqual(counts[t], sweepOracle(pair, t), `threshold ${t / 100}`);
    assert.equal(counts[0].predicted, values.length);
  }
});

Deno.test("sweep() compares bytes / 255 in float32 as float64 does", async () => {
  const bytes = Array.from({ length: 256 }, (_, k) => k / 255);
  const pair = { width: 256, height: 1, prediction: bytes, truth: bytes.map(() => 1) };
  const counts = countsOf((await sweepOf(await whole(), pair)).toJSON().images[0]);
  for (let t = 0; t < 100; t++) {
    assert.equal(
      counts[t].predicted,
      bytes.filter((value) => value >= t / 100).length,
      `threshold ${t / 100}`,
    );
  }
});

/** Sweeps made of pairs with names, by `sweepAll()`. */
async function sweepPairs(compute: Compute, pairs: readonly OraclePair[], tolerance: number): Promise<Sweep> {
  function* uploaded(): Generator<SweepPair> {
    for (const [i, pair] of pairs.entries()) {
      const { prediction, truth } = upload(compute, pair);
      using _prediction = prediction, _truth = truth;
      yield { name: `${i}`, prediction, truth };
    }
  }
  return await sweepAll(uploaded(), { tolerance });
}

/** Predictions better and worse of cracks of several sizes, and one image without any crack. */
function dataset(): OraclePair[] {
  const random = seeded(11);
  return [[20, 30], [41, 13], [1, 1], [16, 16], [28, 9]].map(([width, height], i) => {
    const truth = new Float32Array(width * height).map((_, p) =>
      i !== 3 && Math.abs(p % width - 4 - 3 * i) < i + 1 ? 1 : 0
    );
    const prediction = truth.map((value) =>
      Math.min(1, (0.2 + 0.1 * i) * value + random() * (i === 3 ? 0.4 : 0.7))
    );
    return { width, height, prediction, truth };
  });
}

for (const tolerance of [0, 2]) {
  Deno.test(`Sweep has the metrics of the oracle, tolerance ${tolerance}`, async () => {
    const pairs = dataset();
    const swept = await sweepPairs(await whole(), pairs, tolerance);
    const actual = {
      odsMacro: swept.ods().value,
      odsMeanPr: swept.ods({ definition: "mean-pr" }).value,
      odsMicro: swept.ods({ definition: "micro" }).value,
      ois: swept.ois(),
      apMacro: swept.ap(),
      apMicro: swept.ap({ definition: "micro" }),
      meanIouMicro: swept.meanIou().value,
      meanIouMacro: swept.meanIou({ definition: "macro" }).value,
    };
    for (const [metric, expected] of Object.entries(metricsOracle(pairs, tolerance))) {
      const value = actual[metric as keyof typeof actual];
      assert.ok(Math.abs(value - expected) < 1e-12, `${metric} is ${value}, the oracle says ${expected}`);
    }
  });
}

Deno.test("sweepAll() of many pairs equals their sweeps added up, whatever the order of readbacks", async () => {
  const compute = await whole();
  const pairs = Array.from({ length: 300 }, (_, i) => testPair(5 + i % 7, 4, CONTENTS[i % CONTENTS.length]));
  const all = await sweepPairs(compute, pairs, 0);
  assert.equal(all.size, 300);
  const first = await sweepPairs(compute, pairs.slice(0, 2), 0);
  assert.deepEqual(all.toJSON().images.slice(0, 2), first.toJSON().images);
  assert.deepEqual(all.toJSON().images[299], {
    ...(await sweepOf(compute, pairs[299])).toJSON().images[0],
    name: "299",
  });
});

Deno.test("sweepAll() takes pairs that come in their own time", async () => {
  const compute = await whole();
  const pair = testPair(9, 9, "crack");
  async function* uploaded(): AsyncGenerator<SweepPair> {
    await Promise.resolve();
    const { prediction, truth } = upload(compute, pair);
    using _prediction = prediction, _truth = truth;
    yield { prediction, truth };
  }
  assert.deepEqual((await sweepAll(uploaded())).toJSON(), (await sweepOf(compute, pair)).toJSON());
});

Deno.test("sweep() says what is wrong with sizes and values", async () => {
  const compute = await whole();
  const plane = (width: number, values: number[]) =>
    compute.upload({ width, height: values.length / width, channels: 1, data: new Float32Array(values) });
  const good = [0, 0.5, 1, 0.2, 0.9, 0];
  const cases: { prediction: number[]; truth: number[]; width?: number; message: string }[] = [
    {
      prediction: [NaN, 0.5, 1, NaN, 2, 0],
      truth: good,
      message: "Cannot sweep a.png: 2 of its 6 predicted values are NaN; confidences 0..1 are wanted.",
    },
    {
      prediction: [0, 0, 255, 255, -1, Infinity],
      truth: good,
      message:
        "Cannot sweep a.png: 4 of its 6 predicted values lie outside 0..1; confidences 0..1 are wanted.",
    },
    {
      prediction: good,
      truth: [0, 1, NaN, -1, -0, 255],
      message:
        "Cannot sweep a.png: 2 of its 6 true values are NaN or negative; 0 for background and more for crack is wanted.",
    },
    {
      prediction: good,
      truth: good,
      width: 2,
      message:
        "Cannot sweep a.png: its prediction is 2 × 3 × 1 and its truth 3 × 2 × 1; equal sizes and 1 channel are wanted.",
    },
  ];
  for (const { prediction, truth, width = 3, message } of cases) {
    using predicted = plane(width, prediction);
    using known = plane(3, truth);
    await assert.rejects(sweep(predicted, known, { name: "a.png" }), { name: "RangeError", message });
    await assert.rejects(sweep(predicted, known, { name: "a.png", tolerance: 2 }), { message });
  }
  using colour = compute.upload({ width: 1, height: 1, channels: 3, data: new Uint8Array(3) });
  await assert.rejects(sweep(colour, colour), {
    name: "RangeError",
    message: /Cannot sweep an image: .*1 channel/,
  });
  using grey = plane(3, good);
  for (const tolerance of [-1, 0.5, 33, NaN]) {
    await assert.rejects(sweep(grey, grey, { tolerance }), { name: "RangeError", message: /tolerance of/ });
  }
});

Deno.test("sweepAll() leaves ignored pixels out of all counts, with a tolerance too", async () => {
  const random = seeded(71);
  const [width, height, edge] = [23, 17, 9];
  const prediction = Array.from({ length: width * height }, () => Math.round(255 * random()) / 255);
  const truth = prediction.map(() => Number(random() < 0.1));
  // Right of the edge nothing is known, whatever is there: the sweep is that of a photo which ends there, for no disc reaches beyond.
  const shape = { width, height, channels: 1 };
  const left = prediction.map((_, i) => i % width < edge);
  const crop = (values: readonly number[]) => values.filter((_, i) => left[i]);
  for (const compute of [await whole(), await banded()]) {
    using plane = compute.upload({ ...shape, data: Float32Array.from(prediction) });
    using mask = compute.upload({ ...shape, data: Float32Array.from(truth) });
    using ignored = compute.upload({ ...shape, data: Float32Array.from(left, (known) => Number(!known)) });
    for (const tolerance of [0, 2]) {
      const [found] = (await sweep(plane, mask, { tolerance, ignored })).toJSON().images;
      const expected = await sweepOf(compute, {
        width: edge,
        height,
        prediction: crop(prediction),
        truth: crop(truth),
      }, tolerance);
      assert.deepEqual(found, expected.toJSON().images[0], `tolerance ${tolerance}`);
    }
    using narrow = compute.upload({
      ...shape,
      width: width - 1,
      data: new Float32Array((width - 1) * height),
    });
    await assert.rejects(
      sweep(plane, mask, { ignored: narrow }),
      /what is ignored is 22 × 17 × 1 and its truth 23 × 17 × 1/,
    );
  }
});
