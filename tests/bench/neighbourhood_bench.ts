/**
 * Bilateral filter, erosion, closing, Niblack's and Sauvola's threshold, Sato's and Frangi's filter of a 640 × 360 photo that lies on the device, beside OpenCV and
 * scikit-image of Debian's Python (python3-opencv, python3-skimage), which run in a subprocess where they are installed:
 *
 *     deno bench --allow-read --allow-run=/usr/bin/python3 tests/bench/neighbourhood_bench.ts
 */
import type { Plane } from "../../core/gpu/compute.ts";
import { openCompute } from "../../core/gpu/open_compute.ts";
import { bilateralFilter } from "../../core/kernels/bilateral_filter.ts";
import { grayscale } from "../../core/kernels/grayscale.ts";
import { close, erode } from "../../core/kernels/morphology.ts";
import { niblackThreshold } from "../../core/kernels/niblack_threshold.ts";
import { frangiFilter, satoFilter } from "../../core/kernels/ridge_filter.ts";
import { sauvolaThreshold } from "../../core/kernels/sauvola_threshold.ts";
import { Peer, PYTHON } from "./peer.ts";
import { testPhoto } from "./test_photo.ts";

const WIDTH = 640, HEIGHT = 360;

const compute = await openCompute();
const photo = await testPhoto(WIDTH, HEIGHT);
const bytes = Uint8Array.from(photo.data).filter((_, i) => i % 4 !== 3);
const rgb = compute.upload({ width: WIDTH, height: HEIGHT, channels: 3, data: bytes });
const grey = grayscale(rgb);
// One value to wait for: the time of a kernel within a chain, whose readback comes once at its end.
const last = compute.create({ width: 1, height: 1, channels: 1 }, { zero: true });

const kernels: { group: string; apply: () => Plane }[] = [
  { group: "bilateral rgb", apply: () => bilateralFilter(rgb) },
  { group: "bilateral grey", apply: () => bilateralFilter(grey) },
  { group: "erode 3x3 four times", apply: () => erode(grey, { iterations: 4 }) },
  { group: "close 3x3", apply: () => close(grey) },
  { group: "niblack 33", apply: () => niblackThreshold(grey) },
  { group: "sauvola 33", apply: () => sauvolaThreshold(grey) },
  { group: "sato", apply: () => satoFilter(grey) },
  { group: "frangi", apply: () => frangiFilter(grey) },
];

for (const { group, apply } of kernels) {
  Deno.bench(`hairline ${group}`, { group, baseline: true }, async () => {
    using _ = apply();
    await last.read();
  });
  Deno.bench(`hairline ${group}, with readback`, { group }, async () => {
    using plane = apply();
    await plane.read();
  });
}

try {
  const peer = new Peer("neighbourhood.py", [`${WIDTH}`, `${HEIGHT}`]);
  const names = (await peer.ask(bytes)).split(",").filter(Boolean);
  for (const name of names) {
    const { group } = kernels.find(({ group }) => name.endsWith(` ${group}`)) ?? {};
    Deno.bench(name, { group }, async () => {
      await peer.ask(name);
    });
  }
  for (const library of ["opencv", "scikit-image"]) {
    if (!names.some((name) => name.startsWith(library))) {
      console.log(`No ${library}: ${PYTHON} does not find it.`);
    }
  }
} catch (error) {
  console.log(`No peers: ${error instanceof Error ? error.message : error}`);
}
