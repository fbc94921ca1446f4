import { meanFieldStep } from "../../../core/kernels/mean_field.ts";
import { assertClose, seeded, sharedCompute } from "../testing.ts";

const compute = sharedCompute();

Deno.test("meanFieldStep() is tanh of half of evidence and weighed messages, however large, and spreads it in whole numbers", async () => {
  const device = await compute();
  const size = { width: 7, height: 3 }, pixels = 21, points = 5;
  const random = seeded(4);
  const numbers = (count: number, extent: number) =>
    Float32Array.from({ length: count }, (_, i) => i === 5 ? 0 : extent * (random() - 0.5));
  const unary = numbers(2 * pixels, 6), sums = numbers(pixels, 1e5);
  // A lattice of five points, any six of which with any weights are the corners around a pixel.
  const values = numbers(points, 2e-5), weights = numbers(6 * pixels, 2e5);
  const corners = Uint32Array.from({ length: 6 * pixels }, () => Math.floor(random() * points));
  const entries = new Float32Array(12 * pixels);
  for (let i = 0; i < pixels; i++) {
    new Uint32Array(entries.buffer).set(corners.subarray(6 * i, 6 * i + 6), 12 * i);
    entries.set(weights.subarray(6 * i, 6 * i + 6), 12 * i + 6);
  }
  using evidence = device.upload({ ...size, channels: 2, data: unary });
  using ofPoints = device.upload({ width: points, height: 1, channels: 1, data: values });
  using ofPixels = device.upload({ ...size, channels: 12, data: entries });
  using near = device.upload({ ...size, channels: 1, data: sums });
  const lattice = { entries: ofPixels, [Symbol.dispose]: () => {} };
  const spread = { ...lattice, values: ofPoints };
  for (const [w1, w2] of [[undefined, undefined], [1.5, undefined], [0.5, 1], [undefined, 1e30], [0, 0]]) {
    using added = device.create({ width: points, height: 1, channels: 1 }, { zero: true });
    using difference = meanFieldStep({
      evidence,
      next: { ...lattice, sums: added },
      ...(w1 !== undefined && { appearance: { values: spread, weight: w1 } }),
      ...(w2 !== undefined && { smoothness: { sums: near, weight: w2 } }),
    });
    const expectedSums = new Array<number>(points).fill(0);
    const expected = Array.from({ length: pixels }, (_, i) => {
      let message = 0;
      for (let c = 6 * i; c < 6 * i + 6; c++) message += weights[c] * values[corners[c]];
      const factor = unary[2 * i + 1];
      const d = Math.tanh((unary[2 * i] + (w1 ?? 0) * message + (w2 ?? 0) * factor * sums[i]) / 2);
      for (let c = 6 * i; c < 6 * i + 6; c++) expectedSums[corners[c]] += Math.round(weights[c] * d);
      return [d, d * factor];
    }).flat();
    assertClose(await difference.read(), expected, 2e-6, `${w1}, ${w2}`);
    // Each of a point's 25 entries or so may be rounded to the other side.
    const spreadSums = new Int32Array((await added.read()).buffer);
    assertClose(Float32Array.from(spreadSums), expectedSums, 20, `sums of ${w1}, ${w2}`);
  }
});
