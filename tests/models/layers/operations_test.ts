import assert from "node:assert/strict";
import {
  convolveEnlarged,
  enlargeAlignCorners,
  enlargeHalfPixelCenters,
} from "../../../models/layers/bilinear.ts";
import { maxPool, maxUnpool } from "../../../models/layers/max_unpool.ts";
import { repeatPixels } from "../../../models/segmenter/oed.ts";
import { tf } from "../../../models/tfjs.ts";
import { assertClose, seeded } from "../../core/testing.ts";
import { bilinearOracle, convolutionOracle, type ImageBatch } from "../../oracles/bilinear.ts";
import { BACKENDS, randomTensor, use, valuesOf } from "../testing.ts";

type Shape4D = [number, number, number, number];

/** Whole numbers of 0..2, as tensors: most windows have more than one maximum. */
function ties(shape: Shape4D, seed: number): tf.Tensor4D {
  const random = seeded(seed);
  const length = shape.reduce((product, size) => product * size);
  return tf.tensor4d(Float32Array.from({ length }, () => Math.floor(3 * random())), shape);
}

/** For each window and channel of n × h × w × c, where its first maximum lies in x. */
function firstMaxima(x: Float32Array, [n, h, w, c]: Shape4D): number[] {
  const places: number[] = [];
  for (let row = 0; row < n * h / 2; row++) {
    for (let column = 0; column < w / 2; column++) {
      for (let channel = 0; channel < c; channel++) {
        const window = [[0, 0], [0, 1], [1, 0], [1, 1]].map(([dy, dx]) =>
          ((2 * row + dy) * w + 2 * column + dx) * c + channel
        );
        places.push(window.reduce((best, place) => x[place] > x[best] ? place : best));
      }
    }
  }
  return places;
}

for (const backend of BACKENDS) {
  Deno.test(`maxPool() and maxUnpool() take the first maximum, and so do their gradients: ${backend}`, async () => {
    await use(backend);
    const before = tf.memory().numTensors;
    for (const [n, h, w, c] of [[1, 2, 2, 1], [3, 4, 6, 5], [2, 10, 2, 8], [1, 6, 14, 3]] as Shape4D[]) {
      const small: Shape4D = [n, h / 2, w / 2, c];
      const [x, v] = [ties([n, h, w, c], 3), randomTensor<tf.Rank.R4>(small)];
      const [dPooled, dUnpooled] = [
        randomTensor<tf.Rank.R4>(small, { seed: 8 }),
        randomTensor<tf.Rank.R4>([n, h, w, c], { seed: 9 }),
      ];
      const results = tf.tidy(() => {
        const y = maxPool(x);
        return [
          y,
          maxUnpool(v, { x, y }),
          tf.grad((x) => maxPool(x as tf.Tensor4D))(x, dPooled),
          tf.grad((v) => maxUnpool(v as tf.Tensor4D, { x, y }))(v, dUnpooled),
        ];
      });
      const [xs, vs, dps, dus, ...found] = await valuesOf([x, v, dPooled, dUnpooled, ...results]);
      const places = firstMaxima(xs, [n, h, w, c]);
      const scattered = (values: Float32Array) => {
        const scattered = new Float32Array(xs.length);
        places.forEach((place, i) => scattered[place] = values[i]);
        return scattered;
      };
      const expected = [
        places.map((place) => xs[place]),
        scattered(vs),
        scattered(dps),
        places.map((place) => dus[place]),
      ];
      for (const [i, values] of expected.entries()) {
        assertClose(found[i], Float32Array.from(values), 1e-6, `${[n, h, w, c]}: result ${i}`);
      }
    }
    assert.equal(tf.memory().numTensors, before, "everything is freed");
  });

  Deno.test(`a chain of maxPool() and maxUnpool() has the gradient of finite differences: ${backend}`, async () => {
    await use(backend);
    const before = tf.memory().numTensors;
    const weights = randomTensor<tf.Rank.R4>([2, 4, 4, 3], { seed: 8 });
    const of = (x: tf.Tensor) => {
      const y = maxPool(x as tf.Tensor4D);
      return maxUnpool(y.square(), { x, y }).mul(weights).sum().asScalar();
    };
    const x = randomTensor<tf.Rank.R4>([2, 4, 4, 3], { low: 0.1 });
    const [xs, gradient] = await valuesOf([x.clone(), tf.tidy(() => tf.grad(of)(x))]);
    const step = 1e-2;
    const slopes: number[] = [];
    for (let i = 0; i < xs.length; i += 7) {
      const [above, below] = await valuesOf(
        tf.tidy(() =>
          [step, -step].map((move) =>
            of(tf.tensor4d(xs.map((value, j) => j === i ? value + move : value), [2, 4, 4, 3]))
          )
        ),
      );
      slopes.push((above[0] - below[0]) / (2 * step));
    }
    tf.dispose([x, weights]);
    assert.ok(slopes.some((slope) => slope === 0) && slopes.some((slope) => slope !== 0));
    assertClose(gradient.filter((_, i) => i % 7 === 0), Float32Array.from(slopes), 1e-3, "slopes");
    assert.equal(tf.memory().numTensors, before, "everything is freed");
  });

  Deno.test(`repeatPixels() copies each pixel four times and sums their gradients: ${backend}`, async () => {
    await use(backend);
    const before = tf.memory().numTensors;
    const [n, h, w, c] = [2, 3, 5, 3];
    const x = randomTensor<tf.Rank.R4>([n, h, w, c]);
    const dy = randomTensor<tf.Rank.R4>([n, 2 * h, 2 * w, c], { seed: 2 });
    const [xs, dys, y, dx] = await valuesOf([
      x,
      dy,
      ...tf.tidy(() => [repeatPixels(x), tf.grad((x) => repeatPixels(x as tf.Tensor4D))(x, dy)]),
    ]);
    const expected = new Float32Array(y.length), sums = new Float32Array(xs.length);
    for (let i = 0; i < y.length; i++) {
      const column = Math.floor(i / c) % (2 * w), row = Math.floor(i / c / (2 * w)) % (2 * h);
      const image = Math.floor(i / c / (4 * h * w));
      const from = ((image * h + (row >> 1)) * w + (column >> 1)) * c + i % c;
      expected[i] = xs[from];
      sums[from] += dys[i];
    }
    assertClose(y, expected, 0, "values");
    assertClose(dx, sums, 1e-6, "gradient");
    assert.equal(tf.memory().numTensors, before, "everything is freed");
  });

  Deno.test(`enlargeHalfPixelCenters() and convolveEnlarged() equal the oracle, and have its gradients: ${backend}`, async () => {
    await use(backend);
    const before = tf.memory().numTensors;
    for (
      const [n, h, w, c, scale] of [[1, 1, 1, 1, 2], [2, 3, 5, 2, 2], [1, 5, 2, 3, 4], [2, 2, 1, 2, 16], [
        1,
        1,
        70,
        1,
        2,
      ]]
    ) {
      const outputs = 3;
      const x = randomTensor<tf.Rank.R4>([n, h, w, c]);
      const kernel = randomTensor<tf.Rank.R4>([3, 3, c, outputs], { seed: 2 });
      const bias = randomTensor<tf.Rank.R1>([outputs], { seed: 3 });
      const shapes: Shape4D[] = [c, outputs].map((channels) => [n, scale * h, scale * w, channels]);
      const [dLarge, dy] = shapes.map((shape, i) => randomTensor<tf.Rank.R4>(shape, { seed: 4 + i }));
      const convolved = (...[x, kernel, bias]: tf.Tensor[]) =>
        convolveEnlarged(x as tf.Tensor4D, {
          kernel: kernel as tf.Tensor4D,
          bias: bias as tf.Tensor1D,
        }, scale);
      const results = tf.tidy(() => [
        enlargeHalfPixelCenters(x, scale),
        convolved(x, kernel, bias),
        tf.grad((x) => enlargeHalfPixelCenters(x as tf.Tensor4D, scale))(x, dLarge),
        ...tf.grads(convolved)([x, kernel, bias], dy),
      ]);
      const [xs, kernels, biases, dLarges, dys, ...found] = await valuesOf(
        [x, kernel, bias, dLarge, dy, ...results],
      );
      const images: ImageBatch = { n, h, w, c, data: Float64Array.from(xs) };
      const enlarged = bilinearOracle(images, scale);
      const convolve = (k: ArrayLike<number>, from: ImageBatch, b: ArrayLike<number> = [0, 0, 0]) =>
        convolutionOracle(from, Float64Array.from(k), b).data;
      // Both are linear in each argument: a derivative is what a unit vector in its place gives.
      const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
        Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);
      const unit = (length: number, at: number) => Float64Array.from({ length }, (_, i) => i === at ? 1 : 0);
      const inputs = Array.from(
        xs,
        (_, i) => bilinearOracle({ ...images, data: unit(xs.length, i) }, scale),
      );
      const expected = [
        enlarged.data,
        convolve(kernels, enlarged, biases),
        inputs.map(({ data }) => dot(data, dLarges)),
        inputs.map((input) => dot(convolve(kernels, input), dys)),
        Array.from(kernels, (_, i) => dot(convolve(unit(kernels.length, i), enlarged), dys)),
        Array.from(biases, (_, o) => dys.reduce((sum, value, i) => sum + (i % outputs === o ? value : 0), 0)),
      ];
      for (const [i, values] of expected.entries()) {
        assertClose(found[i], Float32Array.from(values), 1e-4, `${[n, h, w, c]} × ${scale}: result ${i}`);
      }
    }
    assert.equal(tf.memory().numTensors, before, "everything is freed");
  });
}

Deno.test("enlargeAlignCorners() interpolates between corners that stay, and its gradient is the transpose", async () => {
  for (const backend of BACKENDS) {
    await use(backend);
    for (const [height, width, factor] of [[1, 1, 4], [1, 3, 2], [3, 5, 4], [4, 2, 8]]) {
      const x = randomTensor<tf.Rank.R4>([1, height, width, 2]);
      const weights = randomTensor<tf.Rank.R4>([1, factor * height, factor * width, 2], { seed: 4 });
      const { value, grad } = tf.tidy(() => {
        const gradient = tf.grad((x) => enlargeAlignCorners(x as tf.Tensor4D, factor).mul(weights).sum());
        return { value: enlargeAlignCorners(x, factor), grad: gradient(x) };
      });
      const [y, gradient, input, dy] = await valuesOf([value, grad, x, weights]);
      const expected = new Float64Array(y.length), transposed = new Float64Array(input.length);
      for (let i = 0; i < y.length; i++) {
        const at = [Math.floor(i / 2 / (factor * width)), Math.floor(i / 2) % (factor * width)];
        const [rows, columns] = [height, width].map((n, axis) => {
          const place = at[axis] * (n - 1) / (factor * n - 1);
          const low = Math.floor(place);
          return [[low, 1 - (place - low)], [Math.min(low + 1, n - 1), place - low]];
        });
        for (const [row, a] of rows) {
          for (const [column, b] of columns) {
            const j = (row * width + column) * 2 + i % 2;
            expected[i] += a * b * input[j];
            transposed[j] += a * b * dy[i];
          }
        }
      }
      assertClose(y, expected, 1e-5, `${backend}, ${height} × ${width}, × ${factor}`);
      assertClose(gradient, transposed, 1e-4, `${backend}, ${height} × ${width}, × ${factor}: gradient`);
    }
  }
});

Deno.test("maxPool() refuses odd heights and widths", async () => {
  await use("cpu");
  const x = tf.zeros<tf.Rank.R4>([1, 4, 3, 1]);
  assert.throws(() => maxPool(x), { name: "RangeError", message: /4 × 3/ });
  x.dispose();
});
