import assert from "node:assert/strict";
import { appearanceKernel, denseCrf, type DenseCrfOptions } from "../../../core/label/cam_crf/dense_crf.ts";
import { PermutohedralLattice } from "../../../core/label/cam_crf/permutohedral_lattice.ts";
import { denseCrfOracle } from "../../oracles/dense_crf.ts";
import { permutohedralOracle } from "../../oracles/permutohedral_lattice.ts";
import { assertClose, CONTENTS, seeded, testPhoto } from "../testing.ts";

const SIZES = [[1, 1], [1, 7], [5, 3], [16, 12]] as const;

const USUAL: DenseCrfOptions = {
  iterations: 5,
  appearance: { weight: 3, sigmaSpace: 8, sigmaColour: 30 },
  smoothness: { weight: 1, sigmaSpace: 1.5 },
};

/** Unary terms of a probability for each pixel. */
function unaryOf(pixels: number, probability: (i: number) => number): Float32Array {
  const unary = new Float32Array(2 * pixels);
  for (let i = 0; i < pixels; i++) {
    const p = probability(i);
    unary[2 * i] = -Math.log(p);
    unary[2 * i + 1] = -Math.log(1 - p);
  }
  return unary;
}

function randomUnary(pixels: number): Float32Array {
  const random = seeded(5);
  return unaryOf(pixels, () => 0.02 + 0.96 * random());
}

/** Greatest and mean absolute difference. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): { greatest: number; mean: number } {
  const differences = Array.from(a, (value, i) => Math.abs(value - b[i]));
  return { greatest: Math.max(...differences), mean: differences.reduce((x, y) => x + y, 0) / a.length };
}

Deno.test("PermutohedralLattice filters as the definition of the lattice says, in 1, 2 and 5 dimensions", () => {
  const random = seeded(3);
  // The last take more lattice points than the first table of them holds.
  for (const [dimensions, count, extent] of [[1, 12, 9], [2, 60, 6], [5, 80, 3], [5, 500, 30]]) {
    const points = Array.from(
      { length: count },
      () => Array.from({ length: dimensions }, () => Math.fround(extent * (random() - 0.5))),
    );
    const values = Array.from({ length: count }, () => Math.fround(2 * random() - 1));
    const lattice = new PermutohedralLattice(Float32Array.from(points.flat()), dimensions);
    const output = new Float32Array(count);
    const expected = permutohedralOracle(points, values);
    // Twice: nothing of the first time may be left.
    for (let time = 0; time < 2; time++) {
      lattice.filter(Float32Array.from(values), output);
      assertClose(output, expected, 2e-6 * Math.max(...expected.map(Math.abs)), `${dimensions} dimensions`);
    }
  }
});

Deno.test("appearanceKernel() approximates the normalised Gaussian of place and colour", () => {
  for (const content of CONTENTS) {
    const image = testPhoto(16, 12, content);
    const random = seeded(11);
    const leaning = Float32Array.from({ length: 192 }, () => 2 * random() - 1);
    const output = new Float32Array(192);
    appearanceKernel(image, USUAL.appearance).apply(leaning, output);
    // One iteration with a weight of 1 adds K tanh(z / 2) to the log odds z: K's product is read off the oracle.
    const unary = unaryOf(192, (i) => (1 + leaning[i]) / 2);
    const once = denseCrfOracle(image, unary, {
      iterations: 1,
      appearance: { ...USUAL.appearance, weight: 1 },
      smoothness: { weight: 0, sigmaSpace: 1 },
    });
    const expected = once.map((q, i) => Math.log(q / (1 - q)) - (unary[2 * i + 1] - unary[2 * i]));
    const { greatest, mean } = distance(output, expected);
    // What was found, rounded up. Colours at random lie so far apart that a pixel has hardly a neighbour.
    const [most, usual] = content === "random" ? [0.36, 0.08] : [0.04, 0.008];
    assert.ok(greatest <= most && mean <= usual, `${content}: ${greatest} at most, ${mean} on average`);
  }
});

Deno.test("denseCrf() equals the oracle without the appearance term, at odd sizes", () => {
  for (const [width, height] of SIZES) {
    for (const sigmaSpace of [0.4, 1.5, 6]) {
      const image = testPhoto(width, height, "random"), unary = randomUnary(width * height);
      const options = { ...USUAL, appearance: { ...USUAL.appearance, weight: 0 } };
      options.smoothness = { weight: 3, sigmaSpace };
      const expected = denseCrfOracle(image, unary, options);
      assertClose(denseCrf(image, unary, options), expected, 1e-5, `${width} × ${height}, σ ${sigmaSpace}`);
    }
  }
});

Deno.test("denseCrf() is near the oracle at odd sizes, and calls the same pixels crack where the unary is no noise", () => {
  for (const [width, height] of SIZES) {
    for (const content of CONTENTS) {
      const image = testPhoto(width, height, content);
      // A blob, as class activation maps have.
      const unary = unaryOf(
        width * height,
        (i) => 0.02 + 0.9 * Math.exp(-((i % width - width / 2 + 0.3) ** 2) / (0.1 * width ** 2)),
      );
      const expected = denseCrfOracle(image, unary, USUAL);
      const probability = denseCrf(image, unary, USUAL);
      const { greatest, mean } = distance(probability, expected);
      const [most, usual] = content === "random" ? [0.38, 0.045] : [0.1, 0.04];
      const title = `${width} × ${height} ${content}`;
      assert.ok(greatest <= most && mean <= usual, `${title}: ${greatest} at most, ${mean} on average`);
      for (const [i, q] of expected.entries()) {
        if (Math.abs(q - 0.5) > most) assert.equal(probability[i] > 0.5, q > 0.5, `${title}, pixel ${i}`);
      }
    }
  }
});

Deno.test("denseCrf() treats both classes alike, and leaves the unary alone with no iterations or weights", () => {
  const image = testPhoto(16, 12, "crack"), unary = randomUnary(192);
  const swapped = unary.map((_, i) => unary[i ^ 1]);
  const other = denseCrf(image, swapped, USUAL).map((q) => 1 - q);
  assertClose(denseCrf(image, unary, USUAL), other, 1e-5, "swapped");
  const alone = Float32Array.from({ length: 192 }, (_, i) => Math.exp(-unary[2 * i]));
  const smoothness = { weight: 0, sigmaSpace: 1 };
  const appearance = { ...smoothness, sigmaColour: 1 };
  assertClose(denseCrf(image, unary, { ...USUAL, iterations: 0 }), alone, 1e-6, "no iterations");
  assertClose(
    denseCrf(image, unary, { iterations: 3, appearance, smoothness }),
    alone,
    1e-6,
    "no weights",
  );
});

Deno.test("denseCrf() aligns a blurred map with the edges of a dark line", () => {
  const width = 40, height = 30;
  const image = new ImageData(width, height);
  const onLine = (i: number): boolean => Math.abs(i % width - 20) < 2;
  for (let i = 0; i < width * height; i++) image.data.fill(onLine(i) ? 40 : 170, 4 * i, 4 * i + 3);
  // Twice as wide as the line, and a little beside it.
  const unary = unaryOf(width * height, (i) => Math.abs(i % width - 21) < 5 ? 0.6 : 0.1);
  const probability = denseCrf(image, unary, {
    iterations: 5,
    appearance: { weight: 10, sigmaSpace: 20, sigmaColour: 15 },
    smoothness: { weight: 1, sigmaSpace: 1 },
  });
  for (const [i, q] of probability.entries()) assert.equal(q > 0.5, onLine(i), `pixel ${i}: ${q}`);
});

Deno.test("denseCrf() says what is wrong with a unary and with parameters", () => {
  const image = testPhoto(2, 2, "flat"), unary = randomUnary(4);
  assert.throws(
    () => denseCrf(image, unary.slice(1), USUAL),
    /^RangeError: .*its unary has 7 values, 8 are wanted/,
  );
  assert.throws(
    () => denseCrf(image, unary.map((value, i) => i === 3 ? NaN : value), USUAL),
    /^RangeError: .*value 3 of its unary is NaN/,
  );
  const wrong: [Partial<DenseCrfOptions>, RegExp][] = [
    [{ iterations: 1.5 }, /in 1\.5 iterations/],
    [{ iterations: -1 }, /in -1 iterations/],
    [{ smoothness: { weight: -1, sigmaSpace: 1 } }, /a weight of -1 for smoothness/],
    [{ smoothness: { weight: 1, sigmaSpace: 0 } }, /a sigmaSpace of 0 for smoothness/],
    [{ appearance: { ...USUAL.appearance, sigmaColour: NaN } }, /a sigmaColour of NaN for appearance/],
    [{ appearance: { ...USUAL.appearance, weight: Infinity } }, /a weight of Infinity for appearance/],
  ];
  for (const [change, message] of wrong) {
    assert.throws(() => denseCrf(image, unary, { ...USUAL, ...change }), (error) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, message);
      return true;
    });
  }
});
