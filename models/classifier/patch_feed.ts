import { callback, having, optional } from "../../core/arguments.ts";
import type { Compute, Plane } from "../../core/gpu/compute.ts";
import { COMPUTE } from "../../core/gpu/schemas.ts";
import type { PatchSampler } from "../../core/sampling/patches.ts";
import { planeTensor } from "../tensors.ts";
import { tf } from "../tfjs.ts";
import type { StatisticsBatches } from "../training/recompute_batch_norm.ts";

/** Where the batches of a training come from. */
export interface PatchFeed {
  /** Where patches are altered. */
  readonly compute: Compute;
  /** Where they come from. */
  readonly sampler: PatchSampler;
  /** Alters a batch of patches of a step, N·S × S × 3, 0..255, into a new plane. None: they stay as they are. */
  readonly augment?: (patches: Plane, step: { readonly size: number; readonly step: number }) => Plane;
}

/** The types of a feed. */
export const FEED_OPTIONS = {
  compute: COMPUTE,
  sampler: having<PatchSampler>(["batch"], "a sampler such as await randomSampler() gives"),
  augment: optional(callback<NonNullable<PatchFeed["augment"]>>()),
};

/** A batch on the device. Disposing of it frees its patches. */
export interface PreparedBatch extends Disposable {
  /** N·S × S × 3, 0..255. */
  readonly patches: Plane;
  /** S. */
  readonly size: number;
  /** N values, 1 for crack. */
  readonly crack: Uint8Array;
}

/** Cuts the patches of a step, sends them to the device and starts altering them there. */
export async function prepareBatch(
  step: number,
  { compute, sampler, augment }: PatchFeed,
): Promise<PreparedBatch> {
  const { size, count, pixels, crack } = await sampler.batch(step);
  const cut = compute.upload({ width: size, height: count * size, channels: 3, data: pixels });
  const patches = augment?.(cut, { size, step }) ?? cut;
  if (patches !== cut) cut.dispose();
  compute.submit();
  return { patches, size, crack, [Symbol.dispose]: () => patches.dispose() };
}

/** A batch as a tensor N × S × S × 3: on the shared device without a copy, so that the batch must outlive it; else copied. */
export async function batchTensor({ patches, size, crack }: PreparedBatch): Promise<tf.Tensor4D> {
  const shape: [number, number, number, number] = [crack.length, size, size, 3];
  if (tf.getBackend() !== "webgpu") return tf.tensor4d(await patches.read(), shape);
  return planeTensor(patches, shape);
}

/** What `recomputeBatchNorm()` looks at: 200 batches, or those of an epoch if it has fewer. */
export function patchBatches(feed: PatchFeed): StatisticsBatches {
  return {
    count: Math.min(200, feed.sampler.stepsPerEpoch),
    async input(step) {
      const batch = await prepareBatch(step, feed);
      const x = await batchTensor(batch);
      return {
        x,
        [Symbol.dispose]: () => {
          x.dispose();
          batch[Symbol.dispose]();
        },
      };
    },
  };
}
