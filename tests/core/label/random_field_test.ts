import assert from "node:assert/strict";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { denseCrf, type DenseCrfOptions } from "../../../core/label/cam_crf/dense_crf.ts";
import { denseCrfOnDevice, openField } from "../../../core/label/cam_crf/random_field.ts";
import { denseCrfOracle } from "../../oracles/dense_crf.ts";
import { assertClose, CONTENTS, seeded, sharedCompute, testPhoto } from "../testing.ts";

const compute = sharedCompute();

const SIZES = [[1, 1], [1, 7], [7, 1], [33, 17]] as const;

const USUAL: DenseCrfOptions = {
  iterations: 5,
  appearance: { weight: 3, sigmaSpace: 8, sigmaColour: 30 },
  smoothness: { weight: 1, sigmaSpace: 1.5 },
};

function randomUnary(pixels: number): Float32Array {
  const random = seeded(5);
  const unary = new Float32Array(2 * pixels);
  for (let i = 0; i < pixels; i++) {
    const p = 0.02 + 0.96 * random();
    unary.set([-Math.log(p), -Math.log(1 - p)], 2 * i);
  }
  return unary;
}

Deno.test("denseCrfOnDevice() gives what denseCrf() gives on the processor, at any size and content", async () => {
  for (const [width, height] of SIZES) {
    const unary = randomUnary(width * height);
    for (const content of CONTENTS) {
      const image = testPhoto(width, height, content);
      // No round numbers: what lies on a border between simplices of the lattice may be put into either.
      for (const [sigmaSpace, sigmaColour] of [[7.93, 31.7], [3.03, 2.13]]) {
        const options = { ...USUAL, appearance: { weight: 4, sigmaSpace, sigmaColour } };
        const solved = await denseCrfOnDevice(await compute(), image, unary, options);
        const title = `${width} × ${height} ${content}, σ ${sigmaColour}`;
        assertClose(solved, denseCrf(image, unary, options), 1e-4, title);
      }
    }
  }
});

Deno.test("denseCrfOnDevice() equals the exact field without the appearance term, and is near it with it", async () => {
  for (const [width, height] of [[5, 3], [16, 12]]) {
    const image = testPhoto(width, height, "crack"), unary = randomUnary(width * height);
    for (const sigmaSpace of [0.4, 1.5, 6]) {
      const alone = {
        ...USUAL,
        appearance: { ...USUAL.appearance, weight: 0 },
        smoothness: { weight: 3, sigmaSpace },
      };
      const solved = await denseCrfOnDevice(await compute(), image, unary, alone);
      assertClose(solved, denseCrfOracle(image, unary, alone), 1e-5, `${width} × ${height}, σ ${sigmaSpace}`);
    }
    // The lattice approximates a Gaussian.
    const solved = await denseCrfOnDevice(await compute(), image, unary, USUAL);
    assertClose(solved, denseCrfOracle(image, unary, USUAL), 0.1, `${width} × ${height}`);
  }
});

Deno.test("denseCrfOnDevice() gives worked values for two pixels", async () => {
  // Both of one colour and 1 apart, σ 1, w 3: P(0) of .9 and .4 becomes .96966 and .53175 in a round, .99221 and .88609 in five.
  const image = testPhoto(2, 1, "flat");
  const unary = Float32Array.from([0.9, 0.1, 0.4, 0.6], (p) => -Math.log(p));
  for (const [iterations, expected] of [[1, [0.96966, 0.53175]], [5, [0.99221, 0.88609]]] as const) {
    const options = {
      iterations,
      appearance: { weight: 0, sigmaSpace: 1, sigmaColour: 1 },
      smoothness: { weight: 3, sigmaSpace: 1 },
    };
    assertClose(
      await denseCrfOnDevice(await compute(), image, unary, options),
      expected,
      5e-6,
      `${iterations}`,
    );
  }
});

Deno.test("denseCrfOnDevice() gives the same bits each time, whatever order lattice points come in", async () => {
  const image = testPhoto(65, 43, "random"), unary = randomUnary(65 * 43);
  const first = await denseCrfOnDevice(await compute(), image, unary, USUAL);
  for (let time = 0; time < 4; time++) {
    assert.deepEqual(await denseCrfOnDevice(await compute(), image, unary, USUAL), first);
  }
});

Deno.test("denseCrfOnDevice() stays finite where the unary is sure, and leaves it alone without iterations or weights", async () => {
  const image = testPhoto(5, 3, "crack");
  const unary = Float32Array.from({ length: 30 }, (_, i) => i % 4 === 0 || i % 4 === 3 ? 0 : 1e4);
  const sure = await denseCrfOnDevice(await compute(), image, unary, USUAL);
  assert.deepEqual([...sure], Array.from({ length: 15 }, (_, i) => 1 - i % 2));
  const doubtful = randomUnary(15);
  const alone = Float32Array.from({ length: 15 }, (_, i) => Math.exp(-doubtful[2 * i]));
  const nothing = { weight: 0, sigmaSpace: 1 };
  for (
    const options of [
      { ...USUAL, iterations: 0 },
      { iterations: 3, appearance: { ...nothing, sigmaColour: 1 }, smoothness: nothing },
    ]
  ) assertClose(await denseCrfOnDevice(await compute(), image, doubtful, options), alone, 1e-6, "alone");
});

Deno.test("openField() solves on the processor what the device cannot hold", async () => {
  // Less than the hash table of the smallest photo takes.
  using small = await openCompute({ maxBindingBytes: 2048 });
  const image = testPhoto(16, 12, "crack"), unary = randomUnary(192);
  const weights = { iterations: 5, appearance: 3, smoothness: 1 };
  using field = await openField(small, image, {
    appearance: { sigmaSpace: 8, sigmaColour: 30 },
    smoothness: { sigmaSpace: 1.5 },
  });
  assert.deepEqual(await field.solve(unary, weights), denseCrf(image, unary, USUAL));
  // Lattice points too far out for their names.
  const narrow = { ...USUAL, appearance: { weight: 3, sigmaSpace: 1e-3, sigmaColour: 1e-3 } };
  assert.deepEqual(
    await denseCrfOnDevice(await compute(), image, unary, narrow),
    denseCrf(image, unary, narrow),
  );
});

Deno.test("denseCrfOnDevice() refuses what denseCrf() refuses", async () => {
  const image = testPhoto(2, 2, "flat"), unary = randomUnary(4);
  await assert.rejects(
    denseCrfOnDevice(await compute(), image, unary.slice(1), USUAL),
    /^RangeError: .*its unary has 7 values, 8 are wanted/,
  );
  await assert.rejects(
    denseCrfOnDevice(await compute(), image, unary, { ...USUAL, iterations: -1 }),
    /^RangeError: .*in -1 iterations/,
  );
});
