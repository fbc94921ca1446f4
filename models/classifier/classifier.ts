import {
  argumentsSchema,
  BOOLEAN,
  checkArguments,
  NUMBER,
  optional,
  optionsSchema,
  type Schema,
  TEXT,
} from "../../core/arguments.ts";
import { requireFiniteOutput } from "../../core/finite.ts";
import type { Plane } from "../../core/gpu/compute.ts";
import type { Activations, Classifier } from "../../core/label/classifier.ts";
import { usesDevice } from "../backend.ts";
import { SCALING } from "../layers/input_scaling.ts";
import { featureMapBudget, featureMapBytes } from "../layers/memory.ts";
import { adoptTensor, planeTensor, takeData } from "../tensors.ts";
import { tf } from "../tfjs.ts";
import type { ThreadPlan } from "../threads/network_threads.ts";
import { describeNetwork } from "./architectures.ts";
import { BareClassifier, type ClassifierOptions } from "./bare_classifier.ts";
import type { Head } from "./head.ts";
import { ScoringThreads } from "./scoring_threads.ts";

export type { ClassifierOptions };

/**
 * Pixels that run through the network at a time, by backend. On WASM small batches keep a layer's output in the cache, and memory
 * far from its limit; a GPU wants enough work for each kernel.
 */
const BATCH_PIXELS: Record<string, number> = { webgpu: 2 ** 20, wasm: 2 ** 16, cpu: 2 ** 16 };

/**
 * A crack classifier: a convolutional network, global average pooling, a head of two classes. They come from {@linkcode createClassifier}
 * and {@linkcode loadClassifier}, not from `new`.
 */
export class NetworkClassifier extends BareClassifier implements Classifier {
  // Inherited; declared for the documentation of programs, which shows a class by its own members.
  /** Such as `resnet18 × 0.5`. */
  declare readonly name: string;
  /** What turns the last feature map into two logits. */
  declare readonly head: Head;
  /** Seed of the values that it had before training. */
  declare readonly seed: number;
  /** Side of the square patches that it is (to be) trained on, in pixels. */
  declare readonly trainingSize: number;
  readonly #threads = new ScoringThreads(this);

  /**
   * The probability of crack of each patch; see {@linkcode Classifier.scorePatches}.
   *
   * @throws {RangeError} for a plane that is not a stack of patches of that size.
   */
  async scorePatches(patches: Plane, size: number): Promise<Plane> {
    const { width, height, channels, compute } = patches;
    if (width !== size || channels !== 3 || !(height % size === 0)) {
      throw new RangeError(
        `Cannot score patches of ${size} × ${size}: the plane is ${width} × ${height} × ${channels}, ` +
          `patches stacked one below the other (width ${size}, height a multiple of it, 3 channels) are wanted.`,
      );
    }
    const count = height / size;
    const onDevice = await usesDevice(compute);
    const { enlarge = 1 } = this.network.input;
    const side = size * enlarge;
    const batch = Math.max(1, Math.floor(BATCH_PIXELS[tf.getBackend()] / (side * side)));
    if (onDevice) {
      const scores = tf.tidy(() => {
        const all = planeTensor(patches, [count, size, size, 3]);
        const parts = batches(count, batch).map(([first, length]) =>
          this.crackProbability(all.slice(first, length))
        );
        return tf.concat(parts);
      });
      return adoptTensor(compute, scores, { width: 1, height: count, channels: 1 });
    }
    const pixels = await patches.read();
    const data = await this.#threads.scores({ pixels, size }, { batch });
    requireFiniteOutput(data, this.name);
    return compute.upload({ width: 1, height: count, channels: 1, data });
  }

  /**
   * The last feature map of a whole image and the head's gradients; see {@linkcode Classifier.activations}.
   *
   * @throws {RangeError} for a plane without 3 channels or too large for the backend's memory.
   */
  async activations(image: Plane): Promise<Activations> {
    const { width, height, channels, compute } = image;
    if (channels !== 3) {
      throw new RangeError(
        `Cannot show the classifier a plane of ${width} × ${height} × ${channels}: 3 channels (RGB, 0..255) are wanted.`,
      );
    }
    const onDevice = await usesDevice(compute);
    this.#checkSize(image, onDevice);
    let features: Plane, head: Float32Array;
    if (onDevice) {
      const found = tf.tidy(() => this.activationTensors(planeTensor(image, [1, height, width, 3])));
      const [, h, w, k] = found.features.shape;
      features = adoptTensor(compute, found.features, { width: w, height: h, channels: k });
      head = await takeData(found.head);
    } else {
      const found = await this.#threads.activations({ pixels: await image.read(), width, height });
      const [h, w, k] = found.shape;
      features = compute.upload({ width: w, height: h, channels: k, data: found.features });
      head = found.head;
    }
    const { channels: k } = features;
    // The logits are sums over all of the features: they are finite only if those are.
    try {
      requireFiniteOutput(head, this.name);
    } catch (error) {
      features.dispose();
      throw error;
    }
    return {
      features,
      logits: [head[0], head[1]],
      gradients: [head.slice(2, 2 + k), head.slice(2 + k)],
      [Symbol.dispose]: () => features.dispose(),
    };
  }

  /**
   * Starts the threads that this classifier works in on the WASM backend, once that is open, ahead of its first use.
   *
   * @returns how many there are; where there could be more, why there are not.
   * @internal
   */
  startThreads(): ThreadPlan {
    this.#threads.start();
    return this.#threads.plan;
  }

  /** Frees the network's memory and ends its threads. Disposing twice does nothing. */
  override dispose(): void {
    this.#threads[Symbol.dispose]();
    super.dispose();
  }

  #checkSize({ width, height, compute }: Plane, onDevice: boolean): void {
    const footprint = this.network.footprint({ width, height });
    const [needed, limit, where] = onDevice
      ? [4 * footprint.largest, compute.device.limits.maxStorageBufferBindingSize, "one buffer of this GPU"]
      : [featureMapBytes(footprint), featureMapBudget(this.specs), "the memory of the backend"];
    if (needed <= limit) return;
    throw new RangeError(
      `Cannot show ${this.name} an image of ${width} × ${height} at once: it takes ${needed} bytes of at most ${limit} in ` +
        `${where}; show it tiles of at most ${Math.floor(limit / needed * width * height)} pixels.`,
    );
  }
}

// Names of networks and heads are checked where they are laid out.
const ARGUMENTS = argumentsSchema({
  options: optionsSchema<ClassifierOptions>({
    arch: TEXT as Schema<ClassifierOptions["arch"]>,
    width: optional(NUMBER),
    strideAt: optional(TEXT as Schema<"first" | "middle">),
    zeroInitResidual: optional(BOOLEAN),
    scaling: optional(SCALING),
    head: optional(TEXT as Schema<Head>),
    seed: optional(NUMBER),
    trainingSize: optional(NUMBER),
  }),
});

/**
 * An untrained crack classifier: ResNet-18, 34, 50, 101, 152, MobileNetV2 or EfficientNet-B0 to B5 of any width up to 1, with the paper's
 * or the authors' head. Equal options give equal values on every machine.
 *
 * @example
 * ```ts
 * import { createClassifier } from "../../mod.ts";
 *
 * using classifier = createClassifier({ arch: "resnet18", width: 0.5, seed: 7 });
 * console.log(classifier.name); // resnet18 × 0.5
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} for an unknown architecture or head, a width outside (0, 1], a seed or training size that is no (positive) integer.
 */
export function createClassifier(options: ClassifierOptions): NetworkClassifier {
  checkArguments("create a classifier", ARGUMENTS, { options });
  const { head = "paper", seed = 0, trainingSize = 128 } = options;
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`Cannot create a classifier from the seed ${seed}: an integer is wanted.`);
  }
  if (!Number.isSafeInteger(trainingSize) || trainingSize < 1) {
    throw new RangeError(
      `Cannot create a classifier for patches of side ${trainingSize}: a positive integer is wanted.`,
    );
  }
  return new NetworkClassifier({ network: describeNetwork(options), head, seed, trainingSize });
}

/** `[first, length]` of runs of at most `size` out of `count`. */
function batches(count: number, size: number): [first: number, length: number][] {
  return Array.from(
    { length: Math.ceil(count / size) },
    (_, i) => [i * size, Math.min(size, count - i * size)],
  );
}
