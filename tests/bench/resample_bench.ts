/**
 * Patches, resizing, activation maps and augmentation at the sizes that a 640 × 360 photo and a training step ask for, between planes
 * that lie on the device: deno bench --no-prompt tests/bench/resample_bench.ts
 */
import type { Plane, PlaneSource } from "../../core/gpu/compute.ts";
import { openCompute } from "../../core/gpu/open_compute.ts";
import { activationMap } from "../../core/kernels/activation_map.ts";
import { augment } from "../../core/kernels/augment.ts";
import { averagePatchScores } from "../../core/kernels/average_patch_scores.ts";
import { extractPatches } from "../../core/kernels/extract_patches.ts";
import { extractPatchesAt } from "../../core/kernels/extract_patches_at.ts";
import { maximum } from "../../core/kernels/maximum.ts";
import { localise, multiply, normalise } from "../../core/kernels/pointwise.ts";
import { resize } from "../../core/kernels/resize.ts";
import { seeded } from "../core/testing.ts";

const WIDTH = 640, HEIGHT = 360;
const random = seeded(1);
const compute = await openCompute();

function upload(width: number, height: number, channels: number): { source: PlaneSource; plane: Plane } {
  const data = Float32Array.from({ length: width * height * channels }, () => 255 * random());
  const source = { width, height, channels, data };
  return { source, plane: compute.upload(source) };
}

const { source, plane: photo } = upload(WIDTH, HEIGHT, 3);
const { plane: map } = upload(WIDTH, HEIGHT, 1);
const { plane: scores } = upload(41, 24, 1);
const { plane: cells } = upload(40, 23, 1);
const { plane: features } = upload(20, 12, 2048);
const { plane: batch } = upload(128, 16 * 128, 3);
const { plane: last } = upload(1, 1, 1);
const weights = Float32Array.from({ length: 2048 }, random);
const at = Int32Array.from({ length: 4 * 64 }, (_, i) => [512, 232, 4, 2][i % 4] * random());

/** The work of extractPatches() in a loop on the host, the mirrored places looked up. */
function patchesOnHost({ width, height, data }: PlaneSource, size: number, stride: number): Float32Array {
  const columns = Math.ceil(width / stride) + size / stride - 1;
  const rows = Math.ceil(height / stride) + size / stride - 1;
  const places = (length: number, count: number): Int32Array =>
    Int32Array.from({ length: stride * (count - 1) + size }, (_, k) => {
      const i = Math.abs(k + stride - size);
      return i < length ? i : 2 * (length - 1) - i;
    });
  const across = places(width, columns), down = places(height, rows);
  const patches = new Float32Array(columns * rows * size * size * 3);
  let to = 0;
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      for (let v = 0; v < size; v++) {
        const row = down[j * stride + v] * width;
        for (let u = 0; u < size; u++) {
          const from = (row + across[i * stride + u]) * 3;
          patches[to++] = data[from];
          patches[to++] = data[from + 1];
          patches[to++] = data[from + 2];
        }
      }
    }
  }
  return patches;
}

const kernels: { name: string; group?: string; apply: () => Plane }[] = [
  {
    name: "extractPatches() 984 of 32 × 32 × 3",
    group: "patches",
    apply: () => extractPatches(photo, { size: 32, stride: 16 }),
  },
  {
    name: "extractPatchesAt() 64 of 128 × 128 × 3",
    apply: () => extractPatchesAt(photo, { size: 128, at }),
  },
  {
    name: "averagePatchScores() 41 × 24",
    apply: () => averagePatchScores(scores, { overlap: 2 }),
  },
  {
    name: "resize() lanczos3 40 × 23 to 640 × 360",
    apply: () => resize(cells, { width: WIDTH, height: HEIGHT, filter: "lanczos3" }),
  },
  { name: "activationMap() 20 × 12 × 2048", apply: () => activationMap(features, weights) },
  { name: "maximum() 640 × 360", apply: () => maximum(map) },
  { name: "normalise() 640 × 360", apply: () => normalise(map, last) },
  { name: "localise() 640 × 360", apply: () => localise(map, map) },
  { name: "multiply() 640 × 360", apply: () => multiply(map, map) },
  {
    name: "resize() lanczos3 640 × 360 × 3 to 320 × 180",
    apply: () => resize(photo, { width: 320, height: 180, filter: "lanczos3" }),
  },
  {
    name: "resize() bilinear 640 × 360 × 3 to 1280 × 720",
    apply: () => resize(photo, { width: 1280, height: 720, filter: "bilinear" }),
  },
  {
    name: "augment() 16 of 128 × 128 × 3",
    apply: () => augment(batch, { size: 128, seed: 1, step: 1 }),
  },
];

for (const { name, group, apply } of kernels) {
  Deno.bench(name, { group }, async () => {
    using _ = apply();
    // One value to wait for: the time of a kernel within a chain, whose readback comes once at its end.
    await last.read();
  });
}

Deno.bench("the same patches in a loop on the host, and uploaded", { group: "patches" }, async () => {
  using _ = compute.upload({
    width: 32,
    height: 984 * 32,
    channels: 3,
    data: patchesOnHost(source, 32, 16),
  });
  await last.read();
});
