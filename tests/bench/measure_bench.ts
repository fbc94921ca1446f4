/**
 * Distance transform, thinning and connected components of a 640 × 360 mask that lies on the device, the latter two in memory, too, beside SciPy and scikit-image of
 * Debian's Python (python3-scipy, python3-skimage), which run in a subprocess where they are installed:
 *
 *     deno bench --allow-read --allow-run=/usr/bin/python3 tests/bench/measure_bench.ts
 */
import type { Plane } from "../../core/gpu/compute.ts";
import { openCompute } from "../../core/gpu/open_compute.ts";
import { connectedComponents } from "../../core/kernels/connected_components.ts";
import { distanceTransform } from "../../core/kernels/distance_transform.ts";
import { thin } from "../../core/kernels/thin.ts";
import { maskSkeleton } from "../../core/measure/mask_skeleton.ts";
import { componentLabels } from "../../core/measure/component_labels.ts";
import { Peer, PYTHON } from "./peer.ts";

const WIDTH = 640, HEIGHT = 360;

/** A net of cracks, 2 to 12 pixels wide. */
const bytes = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
  const x = i % WIDTH, y = Math.floor(i / WIDTH);
  const along = Math.abs(y - 180 - 90 * Math.sin(x / 70)) < 1 + 5 * x / WIDTH;
  const across = Math.abs(x - 320 - 120 * Math.sin(y / 50)) < 2 || Math.abs(x - y - 60) < 1.5;
  return Number(along || across);
});

const compute = await openCompute();
const mask = compute.upload({ width: WIDTH, height: HEIGHT, channels: 1, data: bytes });
// One value to wait for: the time of a kernel within a chain, whose readback comes once at its end.
const last = compute.create({ width: 1, height: 1, channels: 1 }, { zero: true });

const kernels: { group: string; apply: () => Plane | Promise<Plane> }[] = [
  { group: "distance transform", apply: () => distanceTransform(mask) },
  { group: "thin", apply: () => thin(mask) },
  { group: "connected components", apply: () => connectedComponents(mask) },
];

for (const { group, apply } of kernels) {
  Deno.bench(`hairline ${group}`, { group, baseline: true }, async () => {
    using _ = await apply();
    await last.read();
  });
}

Deno.bench("hairline connected components, in memory", { group: "connected components" }, () => {
  componentLabels({ width: WIDTH, height: HEIGHT, data: bytes });
});

Deno.bench("hairline thin, in memory", { group: "thin" }, () => {
  maskSkeleton(bytes, { width: WIDTH, height: HEIGHT });
});

Deno.bench("hairline, all three, from memory to memory", { group: "all" }, async () => {
  using plane = compute.upload({ width: WIDTH, height: HEIGHT, channels: 1, data: bytes });
  using distances = distanceTransform(plane);
  maskSkeleton(bytes, { width: WIDTH, height: HEIGHT });
  componentLabels({ width: WIDTH, height: HEIGHT, data: bytes });
  await distances.read();
});

try {
  const peer = new Peer("measure.py", [`${WIDTH}`, `${HEIGHT}`]);
  const names = (await peer.ask(bytes)).split(",").filter(Boolean);
  for (const name of names) {
    const { group } = kernels.find(({ group }) => name.endsWith(` ${group}`)) ?? {};
    Deno.bench(name, { group }, async () => {
      await peer.ask(name);
    });
  }
  for (const library of ["scipy", "scikit-image"]) {
    if (!names.some((name) => name.startsWith(library))) {
      console.log(`No ${library}: ${PYTHON} does not find it.`);
    }
  }
} catch (error) {
  console.log(`No peers: ${error instanceof Error ? error.message : error}`);
}
