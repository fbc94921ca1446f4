import type { Activations, Classifier } from "../../core/label/classifier.ts";
import type { Compute, Plane } from "../../core/gpu/compute.ts";
import { openBackend } from "../backend.ts";
import { trainConvUnit } from "../layers/conv_unit.ts";
import { FoldedUnits } from "../layers/folded_units.ts";
import { type Head, headLogits, headSpecs } from "./head.ts";
import { activationTensors, crackProbability, takeData } from "./host_inference.ts";
import { createParameters, type Parameters, type ParameterSpecs } from "../layers/parameters.ts";
import { type Network, networkFeatures, networkName, networkSpecs } from "../layers/network.ts";
import { networkFootprint } from "../layers/network_footprint.ts";
import type { ThreadPlan } from "../threads/network_threads.ts";
import { ScoringThreads } from "./scoring_threads.ts";
import { tf } from "../tfjs.ts";

/** What a {@linkcode NetworkClassifier} is made of. */
export interface NetworkClassifierOptions {
  readonly network: Network;
  readonly head: Head;
  /** Side of the square patches that it is (to be) trained on, in pixels. */
  readonly trainingSize: number;
  /** Where its untrained values come from. */
  readonly seed: number;
  /** Its values, once a backend is ready; untrained ones where left out. */
  readonly parameters?: (specs: ParameterSpecs) => Parameters;
  /** Whether it is only ever shown pictures: then it keeps each layer's values once, batch norm folded in. Default false. */
  readonly inferenceOnly?: boolean;
}

/**
 * Pixels that run through the network at a time, by backend. On WASM small batches keep a layer's output in the cache, and memory
 * far from its 2 GiB; a GPU wants enough work for each kernel.
 */
const BATCH_PIXELS: Record<string, number> = { webgpu: 2 ** 20, wasm: 2 ** 16, cpu: 2 ** 16 };

/** Bytes of a picture's feature maps that fit into WASM's memory of 2 GiB beside three copies of the weights of ResNet-152. */
const WASM_BYTES = 1.25 * 2 ** 30;

/** A crack classifier: a convolutional network, global average pooling, a head of two classes. */
export class NetworkClassifier implements Classifier {
  /**
   * The layers of the network.
   *
   * @internal
   */
  readonly network: Network;
  /** What turns the last feature map into two logits. */
  readonly head: Head;
  /** Side of the square patches that it is (to be) trained on, in pixels. */
  readonly trainingSize: number;
  /** Seed of the values that it had before training. */
  readonly seed: number;
  /**
   * The shapes of its parameters, by Keras' names.
   *
   * @internal
   */
  readonly specs: ParameterSpecs;
  #create: (() => Parameters) | undefined;
  #parameters: Parameters | undefined;
  #folded: FoldedUnits | undefined;
  readonly #inferenceOnly: boolean;
  readonly #threads = new ScoringThreads(this);

  /** Classifiers come from {@linkcode createClassifier} and {@linkcode loadClassifier}, not from `new`. */
  constructor(options: NetworkClassifierOptions) {
    const { network, head, trainingSize, seed, parameters, inferenceOnly = false } = options;
    this.#inferenceOnly = inferenceOnly;
    this.network = network;
    this.head = head;
    this.trainingSize = trainingSize;
    this.seed = seed;
    const specs = new Map([...networkSpecs(network), ...headSpecs(head, network.outputs)]);
    this.specs = specs;
    this.#create = () => parameters?.(specs) ?? createParameters(specs, seed);
  }

  /** Such as `resnet18 × 0.5`. */
  get name(): string {
    return networkName(this.network);
  }

  /**
   * The values of the network, by Keras' names. They are made at the first use, on the backend of that moment.
   *
   * @throws {TypeError} if the classifier was disposed of.
   * @internal
   */
  get parameters(): Parameters {
    if (this.#parameters) return this.#parameters;
    if (!this.#create) {
      throw new TypeError(
        `Cannot use the classifier ${this.name}: it was disposed of earlier; keep it until its last use.`,
      );
    }
    this.#parameters = this.#create();
    // What it was made of need not be kept in memory twice.
    this.#create = undefined;
    return this.#parameters;
  }

  /**
   * The variables that training moves, by name.
   *
   * @internal
   */
  get trainable(): ReadonlyMap<string, tf.Variable> {
    return new Map([...this.parameters].filter(([, { trainable }]) => trainable));
  }

  /**
   * The logits of a batch as training sees it: normalised by the batch's own statistics, which move the running ones;
   * differentiable with respect to {@linkcode NetworkClassifier.trainable}.
   *
   * @param x N × H × W × 3, RGB 0..255.
   * @param options `momentum`: share of the running statistics that one step keeps. Keras' 0.99 averages over the last few hundred
   * steps, more than a training of minutes has; the default 0.9 averages over the last few tens, as PyTorch's does.
   * @returns N × 2, in the order of `CLASSES`.
   * @internal
   */
  trainingLogits(x: tf.Tensor4D, { momentum = 0.9 }: { momentum?: number } = {}): tf.Tensor2D {
    const { parameters } = this;
    return tf.tidy(() => {
      const features = networkFeatures(x, this.network, {
        run: (input, unit) => trainConvUnit(input, unit, { parameters, momentum }),
        release: false,
      });
      return this.#headLogits(features);
    });
  }

  /**
   * The logits of a batch by the running statistics.
   *
   * @param x N × H × W × 3, RGB 0..255.
   * @returns N × 2, in the order of `CLASSES`.
   * @internal
   */
  logits(x: tf.Tensor4D): tf.Tensor2D {
    return tf.tidy(() => this.#headLogits(this.features(x)));
  }

  /**
   * The last feature map of a batch by the running statistics.
   *
   * @param x N × H × W × 3, RGB 0..255.
   * @returns N × h × w × K, for a ResNet h = ⌈H / 32⌉ and w = ⌈W / 32⌉.
   * @internal
   */
  features(x: tf.Tensor4D): tf.Tensor4D {
    const folded = this.#folded ??= new FoldedUnits(this.parameters, { consume: this.#inferenceOnly });
    return tf.tidy(() =>
      networkFeatures(x, this.network, { run: (input, unit) => folded.run(input, unit), release: true })
    );
  }

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
    const side = size * this.network.input.enlarge;
    const batch = Math.max(1, Math.floor(BATCH_PIXELS[tf.getBackend()] / (side * side)));
    if (onDevice) {
      const scores = tf.tidy(() => {
        const all = planeTensor(patches, [count, size, size, 3]);
        const parts = batches(count, batch).map(([first, length]) =>
          crackProbability(this, all.slice(first, length))
        );
        return tf.concat(parts);
      });
      return adoptTensor(compute, scores, { width: 1, height: count, channels: 1 });
    }
    const pixels = await patches.read();
    const data = await this.#threads.scores({ pixels, size }, { batch });
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
      const found = tf.tidy(() => activationTensors(this, planeTensor(image, [1, height, width, 3])));
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

  /** Frees the network's memory. Disposing twice does nothing. */
  dispose(): void {
    this.#threads[Symbol.dispose]();
    this.#folded?.[Symbol.dispose]();
    this.#folded = undefined;
    if (this.#parameters) tf.dispose([...this.#parameters.values()]);
    this.#parameters = undefined;
    this.#create = undefined;
  }

  /** As {@linkcode NetworkClassifier.dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #checkSize({ width, height, compute }: Plane, onDevice: boolean): void {
    const { peak, largest } = networkFootprint(this.network, width * height);
    const [needed, limit, where] = onDevice
      ? [largest, compute.device.limits.maxStorageBufferBindingSize, "one buffer of this GPU"]
      : [peak, WASM_BYTES, "the memory of the backend"];
    if (needed <= limit) return;
    throw new RangeError(
      `Cannot show ${this.name} an image of ${width} × ${height} at once: it takes ${needed} bytes of at most ${limit} in ` +
        `${where}; show it tiles of at most ${Math.floor(limit / needed * width * height)} pixels.`,
    );
  }

  #headLogits(features: tf.Tensor4D): tf.Tensor2D {
    return headLogits(features.mean<tf.Tensor2D>([1, 2]), { head: this.head, parameters: this.parameters });
  }
}

/** Whether tensors live on the device of `compute`, after choosing the backend if none was. */
async function usesDevice(compute: Compute): Promise<boolean> {
  return (await openBackend({ compute })).name === "webgpu";
}

/** `[first, length]` of runs of at most `size` out of `count`. */
function batches(count: number, size: number): [first: number, length: number][] {
  return Array.from(
    { length: Math.ceil(count / size) },
    (_, i) => [i * size, Math.min(size, count - i * size)],
  );
}

/** The values of a plane on the shared device as a tensor, without a copy: the plane must outlive it. */
function planeTensor(plane: Plane, shape: [number, number, number, number]): tf.Tensor4D {
  return tf.tensor({ buffer: plane.share(), zeroCopy: true }, shape, "float32");
}

/** A tensor on the shared device as a plane; frees it. */
function adoptTensor(
  compute: Compute,
  tensor: tf.Tensor,
  shape: { width: number; height: number; channels: number },
): Plane {
  const { buffer, tensorRef } = tensor.dataToGPU();
  tensor.dispose();
  if (buffer === undefined) {
    throw new Error("Cannot hand a tensor to a kernel: the WebGPU backend gave no buffer for it.");
  }
  return compute.adopt(buffer, shape, () => tensorRef.dispose());
}
