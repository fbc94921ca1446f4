import { openCompute } from "../../../core/gpu/open_compute.ts";
import { gaussianWindow } from "../../../core/kernels/gaussian_window.ts";
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
    for (const sigma of [0.4, 1.5]) {
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
