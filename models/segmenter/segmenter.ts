import {
  argumentsSchema,
  checkArguments,
  NUMBER,
  ofType,
  optional,
  optionsSchema,
  type Schema,
  TEXT,
} from "../../core/arguments.ts";
import { requireFiniteOutput } from "../../core/finite.ts";
import type { Compute, Plane } from "../../core/gpu/compute.ts";
import { mirrorPad } from "../../core/kernels/mirror_pad.ts";
import type { Segmenting } from "../../core/predict/segmenting.ts";
import { cutWindow } from "../../core/sampling/cut_window.ts";
import { openBackend, usesDevice } from "../backend.ts";
import { SCALING } from "../layers/input_scaling.ts";
import { pixelsAtOnce } from "../layers/memory.ts";
import { adoptTensor, planeTensor, takeData } from "../tensors.ts";
import { tf } from "../tfjs.ts";
import type { ThreadPlan } from "../threads/network_threads.ts";
import { evenParts } from "../training/gradients.ts";
import { describeSegmentationNetwork } from "./architectures.ts";
import { BareSegmenter, type SegmenterOptions, type WholeImage } from "./bare_segmenter.ts";
import { refineLiuDeepcrack } from "./liu_deepcrack.ts";
import { imageMultiple } from "./patch_network.ts";
import { PredictionThreads } from "./prediction_threads.ts";

export type { SegmenterOptions };

/** Options of {@linkcode Segmenter.predict}. */
export interface PredictOptions {
  /** Ends with the guided filter of DeepCrack (Liu), which only that network has. Default false. */
  readonly refine?: boolean;
}

/** Options of {@linkcode Segmenter.predictDirections}. */
export interface PredictDirectionsOptions {
  /** H × W, row-major: the directions of those pixels only are wanted that are not 0. Default: of all. */
  readonly mask?: Uint8Array;
}

/** Pixels of a band, whose patches take seconds. Fewer would show many patches twice, since blocks reach from band to band. */
const BAND_PIXELS = 2 ** 15;

/** Sides in pixels, both multiples of the network's. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * A segmentation network and its values: a photo in, the confidence of crack of each pixel out. They come from
 * {@linkcode createSegmenter} and {@linkcode loadSegmenter}, not from `new`.
 */
export class Segmenter extends BareSegmenter implements Segmenting {
  // Inherited; declared for the documentation of programs, which shows a class by its own members.
  /** Such as `unet × 0.25`. */
  declare readonly name: string;
  /** Seed of the values that it had before training. */
  declare readonly seed: number;
  /** Side of the square crops that it is (to be) trained on, in pixels; null for whole photos. */
  declare readonly trainingSize: number | null;
  readonly #threads = new PredictionThreads(this);

  /** The most pixels that the memory of the backend is enough for, each side counted up to the network's multiple. */
  async pixelsAtOnce(compute: Compute): Promise<number> {
    await openBackend({ compute });
    return pixelsAtOnce(this.network, compute.device.limits);
  }

  /** How many threads {@linkcode Segmenter.predict} uses for images of so many pixels, when they are asked for at once. */
  async picturesAtOnce(compute: Compute, pixels: number): Promise<number> {
    return (await this.planThreads(compute, pixels)).count;
  }

  /**
   * The same, and why it is one where it could be more.
   *
   * @internal
   */
  async planThreads(compute: Compute, pixels: number): Promise<ThreadPlan> {
    await openBackend({ compute });
    return this.#threads.plan(pixels);
  }

  /**
   * The confidence of crack of each pixel of a photo. The photo is mirrored at its right and bottom up to the network's multiple.
   *
   * On the WebGPU backend nothing leaves the device; on the WASM backend several photos that are asked for at once are shown to the network
   * in several threads.
   *
   * @param image H × W × 3, RGB 0..255, any size that the memory allows.
   * @returns H × W × 1, 0..1; refined by the guided filter it may go a little beyond.
   * @throws {RangeError} for a plane without 3 channels or too large for the backend's memory, and a refinement that the network lacks.
   */
  async predict(image: Plane, { refine = false }: PredictOptions = {}): Promise<Plane> {
    const { width, height, compute } = image;
    const { network, name } = this;
    this.#requireColours(image);
    if (refine && network.arch !== "deepcrack_liu") {
      throw new RangeError(
        `Cannot refine the prediction of ${name}: only deepcrack_liu has a guided filter.`,
      );
    }
    const most = await this.pixelsAtOnce(compute);
    const multiple = imageMultiple(network);
    const up = (length: number) => multiple * Math.ceil(length / multiple);
    const padded = { width: up(width), height: up(height) };
    if (padded.width * padded.height > most) {
      throw new RangeError(
        `Cannot show ${name} an image of ${width} × ${height} at once: the memory of the backend is enough for ` +
          `${Math.floor(most)} pixels; show it tiles.`,
      );
    }
    const outputs = refine ? 2 : 1;
    const [prediction, side1] = await usesDevice(compute)
      ? this.#predictOnDevice(image, padded, outputs)
      : await this.#predictOnHost(image, padded, outputs);
    if (!refine) return prediction;
    using fused = prediction, guide = side1;
    return refineLiuDeepcrack(fused, guide);
  }

  /** Whether {@linkcode Segmenter.predictDirections} says which way cracks go: true of `patches_inoue` only. */
  get tellsDirections(): boolean {
    return this.network.patches?.directed ?? false;
  }

  /**
   * Which way a crack goes through each pixel of a photo, if it is one: of a network for which {@linkcode Segmenter.tellsDirections} holds.
   *
   * @param image H × W × 3, RGB 0..255, any size that the memory allows.
   * @returns H × W × 1, in degrees from the right counter-clockwise, 0 to below 180; 0 where it was not asked for.
   * @throws {RangeError} for a plane without 3 channels, a mask of another size, and a network that does not tell.
   */
  async predictDirections(image: Plane, { mask }: PredictDirectionsOptions = {}): Promise<Plane> {
    const { width, height, channels, compute } = image;
    this.#requireColours(image);
    if (mask !== undefined && mask.length !== width * height) {
      throw new RangeError(
        `Cannot say which way cracks go in an image of ${width} × ${height}: its mask has ${mask.length} values, ` +
          `${width * height} are wanted.`,
      );
    }
    const at = Int32Array.from(Array(width * height).keys()).filter((i) =>
      mask === undefined || mask[i] !== 0
    );
    const data = new Float32Array(width * height);
    if (at.length === 0) return compute.upload({ width, height, channels: 1, data });
    const onDevice = await usesDevice(compute);
    const shape: [number, number, number, number] = [1, height, width, channels];
    const pixels = onDevice ? undefined : await image.read();
    const found = tf.tidy(() =>
      this.directions(pixels ? tf.tensor4d(pixels, shape) : planeTensor(image, shape), at)
    );
    for (const [i, degrees] of (await takeData(found)).entries()) data[at[i]] = degrees;
    return compute.upload({ width, height, channels: 1, data });
  }

  #requireColours({ width, height, channels }: Plane): void {
    if (channels === 3) return;
    throw new RangeError(
      `Cannot show ${this.name} a plane of ${width} × ${height} × ${channels}: 3 channels (RGB, 0..255) are wanted.`,
    );
  }

  /** The first outputs for an image, padded: nothing leaves the device, and nothing is waited for. */
  #predictOnDevice(image: Plane, padded: Size, outputs: number): Plane[] {
    const { width, height, compute } = image;
    using padding = padded.width > width || padded.height > height ? mirrorPad(image, padded) : undefined;
    const maps = tf.tidy(() => {
      const x = planeTensor(padding ?? image, [1, padded.height, padded.width, 3]);
      return this.confidences(x, { part: [height, width], outputs });
    });
    return maps.map((map) => adoptTensor(compute, map, { width, height, channels: 1 }));
  }

  /** The same by way of the host, where the threads take images from. */
  async #predictOnHost(image: Plane, padded: Size, outputs: number): Promise<Plane[]> {
    const { width, height, channels, compute } = image;
    const pixels = new Float32Array(padded.width * padded.height * channels);
    const shown = { width, height, channels, data: await image.read() };
    cutWindow(shown, { x: 0, y: 0, ...padded }, { target: pixels });
    const whole = { pixels, size: [padded.height, padded.width], part: [height, width], outputs } as const;
    const maps = this.network.patches
      ? [await this.#predictBands(whole)]
      : await this.#threads.predict(whole);
    for (const map of maps) requireFiniteOutput(map, this.name);
    return maps.map((data) => compute.upload({ width, height, channels: 1, data }));
  }

  /** The prediction of a network that sees patches, which is slow: bands of rows, which the threads share. */
  async #predictBands(image: WholeImage): Promise<Float32Array> {
    const { part: [height, width] } = image;
    const pixels = width * height;
    const bands = this.#threads.plan(pixels).count === 1 ? 1 : Math.ceil(pixels / BAND_PIXELS);
    const confidence = new Float32Array(pixels);
    await Promise.all(
      evenParts(height, bands).map(async ({ first, end }) => {
        const [map] = await this.#threads.predict({ ...image, rows: [first, end] });
        confidence.set(map, first * width);
      }),
    );
    return confidence;
  }

  /** Frees its memory and ends its threads. Disposing twice does nothing. */
  override dispose(): void {
    this.#threads[Symbol.dispose]();
    super.dispose();
  }
}

// Names of networks are checked where they are laid out.
const ARGUMENTS = argumentsSchema({
  options: optionsSchema<SegmenterOptions>({
    arch: TEXT as Schema<SegmenterOptions["arch"]>,
    width: optional(NUMBER),
    scaling: optional(SCALING),
    seed: optional(NUMBER),
    trainingSize: optional(ofType<number | null>("a number, or null for whole photos,", "number", "object")),
  }),
});

/**
 * An untrained segmentation network: U-Net (Ronneberger's, Jenkins' or König's), DeepCrack (of Liu or of Zou) or OED of any width up to 1.
 * Equal options give equal values on every machine.
 *
 * @example
 * ```ts
 * import { createSegmenter } from "../../mod.ts";
 *
 * using segmenter = createSegmenter({ arch: "unet", width: 0.25, seed: 7 });
 * console.log(segmenter.name); // unet × 0.25
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} for an unknown architecture, a width outside (0, 1], a seed or training size that is no (positive) integer.
 */
export function createSegmenter(options: SegmenterOptions): Segmenter {
  checkArguments("create a segmenter", ARGUMENTS, { options });
  const { seed = 0, trainingSize = null } = options;
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`Cannot create a segmenter from the seed ${seed}: an integer is wanted.`);
  }
  if (trainingSize !== null && !(Number.isSafeInteger(trainingSize) && trainingSize >= 1)) {
    throw new RangeError(
      `Cannot create a segmenter for crops of side ${trainingSize}: a positive integer is wanted.`,
    );
  }
  return new Segmenter({ network: describeSegmentationNetwork(options), seed, trainingSize });
}
