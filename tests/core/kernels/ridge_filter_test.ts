import assert from "node:assert/strict";
import type { Plane, PlaneSource } from "../../../core/gpu/compute.ts";
import { frangiFilter, satoFilter, type SatoFilterOptions } from "../../../core/kernels/ridge_filter.ts";
import { frangiOracle, satoOracle } from "../../oracles/ridge_filter.ts";
import { assertClose, sharedCompute, testImage } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 16384 });

const FILTERS = { sato: [satoFilter, satoOracle], frangi: [frangiFilter, frangiOracle] } as const;

function unit({ data, ...shape }: PlaneSource): PlaneSource {
  return { ...shape, data: Float32Array.from(data, (value) => value / 255) };
}

/** 33 × 33, a dark line that bends: λ1 = 0 on no pixel of it. */
const CURVE: PlaneSource = {
  width: 33,
  height: 33,
  channels: 1,
  data: Float32Array.from({ length: 33 * 33 }, (_, i) => {
    const x = i % 33, y = Math.floor(i / 33);
    const d = x - 16 - 0.02 * (y - 16) ** 2;
    return 0.8 - 0.6 * Math.exp(-(d ** 2) / 2);
  }),
};

for (const [name, [filter, oracle]] of Object.entries(FILTERS)) {
  Deno.test(`${name}Filter() equals the oracle at any size and content, in one band and in several`, async () => {
    // The larger scales reach over all of these; the last begins and ends within a workgroup.
    for (const [width, height] of [[1, 1], [1, 7], [7, 1], [3, 5], [33, 17], [67, 41]]) {
      const sigmas = width < 33 ? [1, 3, 9] : [0.5, 2];
      for (const content of ["flat", "white", "saturated", "random", "crack"] as const) {
        const image = unit(testImage(width, height, 1, content));
        const expected = oracle(image, { sigmas });
        for (const compute of [await whole(), await banded()]) {
          using plane = compute.upload(image);
          using filtered = filter(plane, { sigmas });
          assertClose(await filtered.read(), expected, 1e-5, `${name} ${width} × ${height} ${content}`);
        }
      }
    }
  });
}

Deno.test("satoFilter() and frangiFilter() give scikit-image 0.26's values on a curve", async () => {
  const places = [[16, 16], [16, 17], [8, 17]].map(([y, x]) => y * 33 + x);
  using plane = (await whole()).upload(CURVE);
  for (
    const [filter, sigma, expected] of [
      [satoFilter, 1, [0.20522, 0.08741, 0.19827]],
      [satoFilter, 2, [0.21345, 0.16329, 0.20249]],
      [frangiFilter, 1, [0.82833, 0.27194, 0.80679]],
      [frangiFilter, 2, [0.86451, 0.68831, 0.83432]],
    ] as const
  ) {
    using filtered = filter(plane, { sigmas: [sigma] });
    const values = await filtered.read();
    assertClose(places.map((i) => values[i]), expected, 6e-6, `${filter.name} at ${sigma}`);
  }
});

Deno.test("frangiFilter() judges all scales by the structure of the first", async () => {
  using plane = (await whole()).upload(CURVE);
  for (const sigmas of [[1, 2], [2, 1]]) {
    using filtered = frangiFilter(plane, { sigmas, beta: 0.7 });
    assertClose(await filtered.read(), frangiOracle(CURVE, { sigmas, beta: 0.7 }), 1e-5, `${sigmas}`);
  }
});

Deno.test("satoFilter() and frangiFilter() find nothing beside a straight dark line, nor on a bright one", async () => {
  const stripe = (line: number): PlaneSource => ({
    width: 40,
    height: 30,
    channels: 1,
    data: Float32Array.from({ length: 1200 }, (_, i) => i % 40 === 20 ? line : 0.5),
  });
  for (const filter of [satoFilter, frangiFilter]) {
    const found = async (image: PlaneSource): Promise<number[]> => {
      using plane = (await whole()).upload(image);
      using filtered = filter(plane, { sigmas: [1] });
      return [...(await filtered.read()).slice(600, 640)];
    };
    const dark = await found(stripe(0));
    assert.ok(dark[20] > 0.1, `${dark[20]}`);
    assert.deepEqual([...dark.slice(0, 18), ...dark.slice(23)].filter((value) => value > 0.02), []);
    assert.equal((await found(stripe(1)))[20], 0);
  }
});

Deno.test("satoFilter() and frangiFilter() refuse colour, and scales and betas that are not above 0", async () => {
  const compute = await whole();
  using colour = compute.upload(testImage(3, 3, 3, "random"));
  using plane = compute.upload(testImage(3, 3, 1, "random"));
  const filters: ((plane: Plane, options?: SatoFilterOptions) => Plane)[] = [satoFilter, frangiFilter];
  for (const filter of filters) {
    assert.throws(() => filter(colour), { name: "RangeError", message: /of 3 channels: one of 1 is wanted/ });
    for (const sigmas of [[], [1, 0], [-1], [NaN], [Infinity]]) {
      assert.throws(() => filter(plane, { sigmas }), {
        name: "RangeError",
        message: `Cannot filter ridges at the scales [${
          sigmas.join(", ")
        }]: one or more positive numbers are wanted.`,
      });
    }
  }
  for (const beta of [0, -1, NaN, Infinity]) {
    assert.throws(() => frangiFilter(plane, { beta }), { name: "RangeError", message: /a beta of/ });
  }
});
