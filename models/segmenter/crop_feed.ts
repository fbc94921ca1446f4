import { callback, having, optional } from "../../core/arguments.ts";
import type { Compute, Plane } from "../../core/gpu/compute.ts";
import { COMPUTE } from "../../core/gpu/schemas.ts";
import type { CropSampler } from "../../core/sampling/random_crops.ts";
import { planeTensor } from "../tensors.ts";
import { tf } from "../tfjs.ts";
import type { StatisticsBatches } from "../training/recompute_batch_norm.ts";

/** Where the batches of a training come from. */
export interface CropFeed {
  /** Where crops are altered. */
  readonly compute: Compute;
  /** Where they come from. */
  readonly sampler: CropSampler;
  /** Alters the photos of a batch, N·H × W × 3, 0..255, into a new plane; not their masks. None: they stay as they are. */
  readonly augment?: (
    photos: Plane,
    options: { readonly size: number; readonly rows: number; readonly step: number },
  ) => Plane;
}

/** The types of a feed. */
export const FEED_OPTIONS = {
  compute: COMPUTE,
  sampler: having<CropSampler>(["batch"], "a sampler such as await cropSampler() gives"),
  augment: optional(callback<NonNullable<CropFeed["augment"]>>()),
};

/** Crops on the host. */
export interface HostCrops {
  /** N × H × W × 3, RGB 0..255. */
  readonly pixels: Float32Array;
  /** N × H × W: 255 for crack, 0 for background, between them a confidence of value / 255. */
  readonly truth: Uint8Array;
  /** N × H × W: what each pixel counts, as value / 255. Default: all alike. */
  readonly weight?: Uint8Array;
  readonly count: number;
  readonly width: number;
  readonly height: number;
}

/** A batch on the device, the masks on the host. Disposing of it frees the photos. */
export interface PreparedCrops extends Omit<HostCrops, "pixels">, Disposable {
  /** N·H × W × 3, 0..255. */
  readonly photos: Plane;
}

/** A batch as a network sees it; disposing of it frees the tensors. */
export interface CropTensors extends Disposable {
  /** N × H × W × 3, RGB 0..255. */
  readonly x: tf.Tensor4D;
  /** N × H × W × 1, 0..1. */
  readonly truth: tf.Tensor4D;
  /** N × H × W × 1, 0..1, where pixels do not count alike. */
  readonly weight?: tf.Tensor4D;
}

/** Cuts the crops of a step, sends them to the device and starts altering them there. */
export async function prepareCrops(
  step: number,
  { compute, sampler, augment }: CropFeed,
): Promise<PreparedCrops> {
  const { pixels, ...batch } = await sampler.batch(step);
  const { count, width, height } = batch;
  const cut = compute.upload({ width, height: count * height, channels: 3, data: pixels });
  const photos = augment?.(cut, { size: width, rows: height, step }) ?? cut;
  if (photos !== cut) cut.dispose();
  compute.submit();
  return { ...batch, photos, [Symbol.dispose]: () => photos.dispose() };
}

/** A batch as tensors: on the shared device the photos without a copy, so that the batch must outlive them; else copied. */
export function cropTensors(crops: HostCrops | PreparedCrops): CropTensors {
  const { count, width, height } = crops;
  const shape: [number, number, number, number] = [count, height, width, 3];
  const x = "pixels" in crops ? tf.tensor4d(crops.pixels, shape) : planeTensor(crops.photos, shape);
  const shares = (bytes: Uint8Array) =>
    tf.tensor4d(new Float32Array(bytes).map((value) => value / 255), [count, height, width, 1]);
  const truth = shares(crops.truth);
  const weight = crops.weight && shares(crops.weight);
  return { x, truth, weight, [Symbol.dispose]: () => tf.dispose([x, truth, ...(weight ? [weight] : [])]) };
}

/** What computes gradients: the batch itself where the backend shares its device, else a copy on the host. */
export async function fetchCrops(batch: PreparedCrops): Promise<HostCrops | PreparedCrops> {
  if (tf.getBackend() === "webgpu") return batch;
  const { truth, weight, count, width, height } = batch;
  return { pixels: await batch.photos.read(), truth, weight, count, width, height };
}

/** The first crops of a batch; they share its memory. */
export function firstCrops<Crops extends HostCrops | PreparedCrops>(crops: Crops, count: number): Crops {
  const area = crops.width * crops.height;
  const truth = crops.truth.subarray(0, count * area);
  const weight = crops.weight?.subarray(0, count * area);
  const pixels = "pixels" in crops ? { pixels: crops.pixels.subarray(0, count * area * 3) } : {};
  return { ...crops, ...pixels, truth, weight, count };
}

/** What `recomputeBatchNorm()` looks at: 50 batches, or those of an epoch if it has fewer. */
export function cropBatches(feed: CropFeed): StatisticsBatches {
  return {
    count: Math.min(50, feed.sampler.stepsPerEpoch),
    async input(step) {
      const batch = await prepareCrops(step, feed);
      const { x, ...tensors } = cropTensors(await fetchCrops(batch));
      return {
        x,
        [Symbol.dispose]: () => {
          tensors[Symbol.dispose]();
          batch[Symbol.dispose]();
        },
      };
    },
  };
}
