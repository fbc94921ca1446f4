import assert from "node:assert/strict";
import { Sweep } from "../../../core/metrics/sweep_result.ts";
import type { SweptImage } from "../../../core/metrics/swept_image.ts";

/** The histograms of pixels, each a prediction in hundredths and whether it is crack; without a tolerance. */
function image(name: string, pixels: readonly (readonly [prediction: number, crack: boolean])[]): SweptImage {
  const histogram = (of: boolean): number[] => {
    const bins = new Array<number>(100).fill(0);
    for (const [prediction, crack] of pixels) if (crack === of) bins[Math.min(prediction, 99)]++;
    return bins;
  };
  const crack = histogram(true);
  return { name, background: histogram(false), crack, correct: crack, found: crack };
}

const PERFECT = image("perfect", [[100, true], [100, true], [0, false], [0, false], [0, false]]);
const INVERTED = image("inverted", [[0, true], [0, true], [100, false], [100, false], [100, false]]);
const NOTHING_TRUE = image("nothing true", [[30, false], [0, false], [0, false], [0, false]]);
const NOTHING_PREDICTED = image("nothing predicted", [[0, true], [0, false], [0, false], [0, false]]);
const NOTHING_AT_ALL = image("nothing at all", [[0, false], [0, false]]);
/** At 0.21 … 0.60 TP 2, FP 1, FN 1; at 0.61 … 0.80 TP 1, FP 0, FN 2; up to 0.20 TP 3, FP 2, and FP 3 at 0.00. */
const MIXED = image("mixed", [[80, true], [60, true], [20, true], [60, false], [20, false], [0, false]]);

function near(actual: number, expected: number, message: string): void {
  assert.ok(Math.abs(actual - expected) < 1e-14, `${message} is ${actual}, worked out by hand ${expected}`);
}

Deno.test("Sweep of a perfect prediction has 1 everywhere", () => {
  const sweep = new Sweep([PERFECT]);
  for (const definition of ["macro", "mean-pr", "micro"] as const) {
    assert.deepEqual(sweep.ods({ definition }), { value: 1, threshold: 0.01, emptyImages: 0 });
  }
  assert.equal(sweep.ois(), 1);
  assert.equal(sweep.ap(), 1);
  assert.deepEqual(sweep.meanIou(), { value: 1, crack: 1, background: 1, threshold: 0.01 });
});

Deno.test("Sweep of an inverted prediction has 0 but for the threshold 0.00", () => {
  const sweep = new Sweep([INVERTED]);
  for (const definition of ["macro", "mean-pr", "micro"] as const) {
    assert.equal(sweep.ods({ definition }).value, 0);
  }
  assert.equal(sweep.ois(), 0);
  // At 0.00 everything is called crack: recall 1, precision 2 / 5.
  assert.equal(sweep.ap(), 0.4);
  assert.deepEqual(sweep.meanIou(), { value: 0, crack: 0, background: 0, threshold: 0.01 });
});

Deno.test("Sweep counts an image without crack as 1 where nothing is called crack, and says so", () => {
  const both = new Sweep([NOTHING_AT_ALL, PERFECT]);
  assert.deepEqual(both.ods(), { value: 1, threshold: 0.01, emptyImages: 1 });
  const called = new Sweep([NOTHING_TRUE, PERFECT]);
  assert.deepEqual(called.ods(), { value: 1, threshold: 0.31, emptyImages: 1 });
  // Precision and recall of the image without crack have nothing to divide by, and count as 0.
  near(called.ods({ definition: "mean-pr" }).value, 0.5, "mean-pr");
  // Up to 0.30 TP 2, FP 1, TN 6; above nothing is wrong.
  assert.deepEqual(called.meanIou({ threshold: 0.3 }), {
    value: (2 / 3 + 6 / 7) / 2,
    crack: 2 / 3,
    background: 6 / 7,
    threshold: 0.3,
  });
});

Deno.test("Sweep of an empty prediction of crack has 0 but for the threshold 0.00", () => {
  const sweep = new Sweep([NOTHING_PREDICTED]);
  assert.deepEqual(sweep.ods(), { value: 0, threshold: 0.01, emptyImages: 0 });
  assert.equal(sweep.ois(), 0);
  assert.equal(sweep.ap(), 0.25);
  assert.deepEqual(sweep.meanIou(), { value: 0.375, crack: 0, background: 0.75, threshold: 0.01 });
});

Deno.test("Sweep of a mixed prediction has the metrics worked out by hand", () => {
  const sweep = new Sweep([MIXED]);
  // F1: 6 / 8 up to 0.20, 4 / 6 up to 0.60, 2 / 4 up to 0.80.
  assert.deepEqual(sweep.ods(), { value: 0.75, threshold: 0.01, emptyImages: 0 });
  // (1 − 2/3) · 3/5 at 0.20, (2/3 − 1/3) · 2/3 at 0.60, 1/3 · 1 at 0.80.
  near(sweep.ap(), 1 / 5 + 2 / 9 + 1 / 3, "AP");
  const curve = sweep.curve();
  assert.deepEqual(curve.map(({ threshold }) => threshold), Array.from({ length: 100 }, (_, t) => t / 100));
  assert.deepEqual(curve[0], { threshold: 0, precision: 0.5, recall: 1 });
  assert.deepEqual(curve[20], { threshold: 0.2, precision: 0.6, recall: 1 });
  assert.deepEqual(curve[80], { threshold: 0.8, precision: 1, recall: 1 / 3 });
  assert.deepEqual(curve[81], { threshold: 0.81, precision: 0, recall: 0 });
  // TP 2, FP 1, FN 1, TN 2 in the middle; TP 3, FP 2, FN 0, TN 1 below.
  assert.deepEqual(sweep.meanIou({ threshold: 0.4 }), {
    value: 0.5,
    crack: 0.5,
    background: 0.5,
    threshold: 0.4,
  });
  near(sweep.meanIou({ threshold: 0.1 }).value, (3 / 5 + 1 / 3) / 2, "mean IoU at 0.1");
});

Deno.test("Sweep of several images distinguishes the definitions, worked out by hand", () => {
  const sweep = new Sweep([PERFECT, MIXED, NOTHING_TRUE]);
  // Above 0.30 the third image counts as 1: 1, 4 / 6, 1 up to 0.60.
  assert.deepEqual(sweep.ods(), { value: (1 + 2 / 3 + 1) / 3, threshold: 0.31, emptyImages: 1 });
  near(sweep.ois(), (1 + 3 / 4 + 1) / 3, "OIS");
  // Up to 0.20 P = (1 + 3/5 + 0) / 3, R = 2 / 3; above, P = (1 + 2/3) / 3, R = (1 + 2/3) / 3.
  near(sweep.ods({ definition: "mean-pr" }).value, 2 * (8 / 15) * (2 / 3) / (8 / 15 + 2 / 3), "mean-pr");
  // TP 5, FP 3, FN 0 up to 0.20; TP 4, FP 2, FN 1 up to 0.30; TP 4, FP 1, FN 1 up to 0.60; TP 3, FP 0, FN 2 up to 0.80.
  assert.deepEqual(sweep.ods({ definition: "micro" }), { value: 0.8, threshold: 0.31, emptyImages: 1 });
  assert.deepEqual(sweep.curve({ definition: "micro" })[70], { threshold: 0.7, precision: 1, recall: 0.6 });
  near(sweep.curve()[70].precision, 2 / 3, "mean precision at 0.70");
});

Deno.test("Sweep.images() has a row for each image, at its own best threshold", () => {
  const sweep = new Sweep([MIXED, NOTHING_TRUE, PERFECT]);
  assert.deepEqual(sweep.images(), [
    {
      name: "mixed",
      pixels: 6,
      crackPixels: 3,
      threshold: 0.01,
      precision: 0.6,
      recall: 1,
      f1: 0.75,
      f1AtOds: 4 / 6,
      empty: false,
    },
    {
      name: "nothing true",
      pixels: 4,
      crackPixels: 0,
      threshold: 0.31,
      precision: 0,
      recall: 0,
      f1: 1,
      f1AtOds: 1,
      empty: true,
    },
    {
      name: "perfect",
      pixels: 5,
      crackPixels: 2,
      threshold: 0.01,
      precision: 1,
      recall: 1,
      f1: 1,
      f1AtOds: 1,
      empty: false,
    },
  ]);
  assert.deepEqual(new Sweep().images(), []);
});

Deno.test("Sweep.add() of shards that went through JSON equals the sweep of all", () => {
  const shards = [[PERFECT, MIXED], [], [NOTHING_TRUE], [INVERTED, NOTHING_PREDICTED]]
    .map((images) => Sweep.fromJSON(JSON.parse(JSON.stringify(new Sweep(images, { tolerance: 2 })))));
  const merged = new Sweep([], { tolerance: 2 });
  for (const shard of shards) assert.equal(merged.add(shard), merged);
  const all = new Sweep([PERFECT, MIXED, NOTHING_TRUE, INVERTED, NOTHING_PREDICTED], { tolerance: 2 });
  assert.deepEqual(merged.toJSON(), all.toJSON());
  assert.deepEqual(merged.ods(), all.ods());
  assert.equal(merged.size, 5);
});

Deno.test("Sweep.add() refuses other tolerances and images that are there", () => {
  const sweep = new Sweep([PERFECT]);
  assert.throws(() => sweep.add(new Sweep([MIXED], { tolerance: 2 })), {
    name: "RangeError",
    message: "Cannot add a sweep with a tolerance of 2 pixels to one of 0: equal tolerances are wanted.",
  });
  assert.throws(() => sweep.add(new Sweep([MIXED, PERFECT])), {
    name: "RangeError",
    message: "Cannot add the image perfect to the sweep: there is one of that name; each image counts once.",
  });
  // Nothing of it was added.
  assert.equal(sweep.size, 1);
  const nameless = new Sweep([{ ...MIXED, name: "" }]);
  assert.equal(nameless.add(nameless).size, 2);
});

Deno.test("Sweep has no metrics of images without crack, and still a row for each", () => {
  const sweep = new Sweep([NOTHING_TRUE, NOTHING_AT_ALL]);
  assert.equal(sweep.crackPixels, 0);
  for (
    const [metric, take] of [
      ["ODS", () => sweep.ods()],
      ["ODS", () => sweep.ods({ definition: "mean-pr" })],
      ["ODS", () => sweep.ods({ definition: "micro" })],
      ["OIS", () => sweep.ois()],
      ["AP", () => sweep.ap()],
      ["mean IoU", () => sweep.meanIou()],
      ["precision-recall curve", () => sweep.curve()],
    ] as const
  ) {
    assert.throws(take, {
      name: "RangeError",
      message:
        `Cannot take the ${metric} of 2 images: none shows crack in truth, and it is undefined without any.`,
    });
  }
  assert.deepEqual(
    sweep.images().map(({ name, threshold, empty }) => ({ name, threshold, empty })),
    [{ name: "nothing true", threshold: 0.31, empty: true }, {
      name: "nothing at all",
      threshold: 0.01,
      empty: true,
    }],
  );
  // One image with crack, and there are.
  assert.equal(sweep.add(new Sweep([PERFECT])).ods().value, 1);
});

Deno.test("Sweep has no metrics of no images", () => {
  const none = new Sweep();
  for (
    const metric of [
      () => none.ods(),
      () => none.ois(),
      () => none.ap(),
      () => none.meanIou(),
      () => none.curve(),
    ]
  ) {
    assert.throws(metric, { name: "RangeError", message: /no images: at least one is wanted\.$/ });
  }
});

Deno.test("Sweep.meanIou() refuses thresholds between the hundredths", () => {
  const sweep = new Sweep([MIXED]);
  assert.equal(sweep.meanIou({ threshold: 0.07 }).threshold, 0.07);
  for (const threshold of [0, 1, 0.555, -0.5, NaN]) {
    assert.throws(() => sweep.meanIou({ threshold }), { name: "RangeError", message: /threshold of/ });
  }
});

Deno.test("Sweep.fromJSON() says what is wrong with a file", () => {
  const good = new Sweep([MIXED]).toJSON();
  const withImage = (change: object): object => ({ ...good, images: [{ ...MIXED, ...change }] });
  const cases: [value: unknown, message: RegExp][] = [
    [null, /no format "hairline-sweep"/],
    [{}, /no format "hairline-sweep"/],
    [{ ...good, version: 2 }, /is of version 2, this program reads version 1/],
    [{ ...good, tolerance: -1 }, /tolerance is -1/],
    [{ ...good, tolerance: undefined }, /tolerance is missing/],
    [{ ...good, images: {} }, /no list of images/],
    [{ ...good, images: [null] }, /image 0 has no name/],
    [withImage({ name: 7 }), /image 0 has no name/],
    [withImage({ crack: [1, 2] }), /"crack" of image 0 \("mixed"\) is not 100 counts/],
    [withImage({ found: MIXED.found.map((count) => count + 0.5) }), /"found" .* is not 100 counts/],
    [withImage({ background: MIXED.background.map((count) => -count) }), /"background"/],
    [withImage({ correct: MIXED.correct.map((count) => count + 9) }), /contradict/],
    [withImage({ found: MIXED.crack.map((count) => 2 * count) }), /contradict/],
  ];
  for (const [value, message] of cases) {
    assert.throws(() => Sweep.fromJSON(value), { name: "SyntaxError", message });
  }
});
