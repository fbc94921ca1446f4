import { openCompute } from "../../../core/gpu/open_compute.ts";
import { gaussianSums, gaussianWindow } from "../../../core/kernels/gaussian_window.ts";
import { assertClose, sharedCompute, testImages } from "../testing.ts";

const whole = sharedCompute();

/** Σ exp(−|p_i − p_j|² / 2σ²) v_j over all pixels. */
function oracle(data: ArrayLike<number>, width: number, sigma: number): number[] {
  return Array.from({ length: data.length }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < data.length; j++) {
      const distance = (i % width - j % width) ** 2 + (Math.floor(i / width) - Math.floor(j / width)) ** 2;
      sum += Math.exp(-distance / (2 * sigma ** 2)) * data[j];
    }
    return sum;
  });
}

Deno.test("gaussianWindow() sums by a Gaussian with nothing outside, at any size and content, in several bands", async () => {
  using banded = await openCompute({ maxBindingBytes: 2304 });
  for (const compute of [await whole(), banded]) {
    for (const sigma of [0.4, 1.5, 5]) {
      for (const image of testImages(1, [[1, 1], [1, 7], [7, 1], [3, 5], [33, 17]])) {
        const { width, height, data, content } = image;
        using plane = compute.upload(image);
        using sums = gaussianWindow(plane, sigma);
        const expected = oracle(data, width, sigma);
        const tolerance = 1e-5 * Math.max(1, ...expected);
        assertClose(await sums.read(), expected, tolerance, `${width} × ${height} ${content}, σ ${sigma}`);
      }
    }
  }
});

Deno.test("gaussianWindow() filters the last of several channels", async () => {
  const compute = await whole();
  const data = Float32Array.from({ length: 19 * 18 * 3 }, (_, i) => i % 3 === 2 ? i % 7 : NaN);
  using plane = compute.upload({ width: 19, height: 18, channels: 3, data });
  using sums = gaussianWindow(plane, 2);
  assertClose(await sums.read(), oracle(data.filter((_, i) => i % 3 === 2), 19, 2), 1e-3, "third of three");
});

Deno.test("gaussianSums() are, multiplied over rows and columns, what gaussianWindow() makes of ones", () => {
  for (const [width, height] of [[1, 1], [1, 7], [33, 17]]) {
    const columns = gaussianSums(width, 2.5), rows = gaussianSums(height, 2.5);
    const products = Array.from(
      { length: width * height },
      (_, i) => columns[i % width] * rows[Math.floor(i / width)],
    );
    assertClose(products, oracle(new Float32Array(width * height).fill(1), width, 2.5), 2e-4, `${width}`);
  }
});
