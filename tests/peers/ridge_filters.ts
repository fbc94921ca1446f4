/**
 * Compares the ridge filters with SciPy and scikit-image of Debian's Python (python3-scipy, python3-skimage) on a photo of a demo:
 *
 * ```sh
 * deno run --allow-read --allow-write=tests/.tmp --allow-run=/usr/bin/python3 --allow-env=XDG_RUNTIME_DIR tests/peers/ridge_filters.ts
 * ```
 *
 * Not among the tests: it needs those packages. It fails where a value differs by more than 10⁻⁵ from the definition of scikit-image 0.26, which the
 * script takes of SciPy's Gaussian derivatives. Debian's 0.19 is of another definition, so that a correlation is printed only: its Hessian is of
 * finite differences of a smoothed plane, times σ²; its Frangi has γ = 15 whatever the image, which leaves little but contrast of it, and is of the
 * inverted image.
 *
 * @module
 */
import { join } from "node:path";
import type { Plane } from "../../core/gpu/compute.ts";
import { openCompute } from "../../core/gpu/open_compute.ts";
import { frangiFilter, satoFilter } from "../../core/kernels/ridge_filter.ts";
import { grayscale } from "../../core/kernels/grayscale.ts";
import { scale } from "../../core/kernels/pointwise.ts";
import { uploadImage } from "../../core/images/upload_image.ts";
import { PYTHON } from "../bench/peer.ts";
import { testPhoto } from "../bench/test_photo.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const WIDTH = 640, HEIGHT = 360;

using compute = await openCompute();
using colours = uploadImage(compute, await testPhoto(WIDTH, HEIGHT));
using grey = grayscale(colours);
using unit = scale(grey, 1 / 255);

await using folder = await temporaryFolder();
const [input, output] = ["in", "out"].map((name) => join(folder.path, name));
await Deno.writeFile(input, new Uint8Array(Float64Array.from(await unit.read()).buffer));
const { success, stdout, stderr } = await new Deno.Command(PYTHON, {
  args: [new URL("ridge_filters.py", import.meta.url).pathname, `${WIDTH}`, `${HEIGHT}`, input, output],
}).output();
const errors = new TextDecoder().decode(stderr);
if (/No module named/.test(errors)) {
  console.log("Skipped: SciPy or scikit-image is not installed.");
  Deno.exit();
}
if (!success) throw new Error(`Cannot compare: Python failed.\n${errors}`);
const [version, ...seconds] = new TextDecoder().decode(stdout).trim().split(" ");
const values = new Float64Array((await Deno.readFile(output)).buffer);
const planes = [0, 1, 2, 3].map((i) => values.subarray(i * WIDTH * HEIGHT, (i + 1) * WIDTH * HEIGHT));

for (const [i, filter] of [satoFilter, frangiFilter].entries()) {
  const ours = await filtered(filter);
  const start = performance.now();
  await filtered(filter);
  const took = (performance.now() - start) / 1000;
  const [definition, theirs] = [planes[i], planes[i + 2]];
  const worst = ours.reduce((most, value, at) => Math.max(most, Math.abs(value - definition[at])), 0);
  console.log(
    `${filter.name}: differs by ${
      worst.toExponential(1)
    } at most from the definition of 0.26; correlates by ` +
      `${correlation(ours, theirs).toFixed(3)} with scikit-image ${version}; ` +
      `${took.toFixed(2)} s with readback, there ${Number(seconds[i]).toFixed(2)} s`,
  );
  if (!(worst <= 1e-5)) Deno.exitCode = 1;
}

async function filtered(filter: (plane: Plane) => Plane): Promise<Float32Array> {
  using plane = filter(unit);
  return await plane.read();
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const mean = (values: ArrayLike<number>) =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] - meanA, b[i] - meanB];
    both += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return both / Math.sqrt(squaresA * squaresB);
}
