import { countParameters } from "../layers/parameters.ts";
import { NetworkThreads, type ThreadPlan } from "../threads/network_threads.ts";
import { type Snapshot, takeSnapshot } from "../threads/shared_values.ts";
import {
  type BareClassifier,
  type ClassifierDescription,
  type HostActivations,
  type HostImage,
  type HostJob,
  type HostPatches,
  inferOnHost,
} from "./bare_classifier.ts";

/** Bytes that the backends of other threads may take, and what one takes besides the weights, which it holds twice. */
const MEMORY = 2 ** 30, BACKEND_BYTES = 128 * 2 ** 20;

/** Images of at most so many pixels are as good as a batch of patches. */
const SMALL_PIXELS = 2 ** 16;

/**
 * Shows patches and images to a classifier's network in several threads; see `NetworkThreads`. The threads start at the first use:
 * the patches of one photo are work for all of them.
 */
export class ScoringThreads implements Disposable {
  readonly #classifier: BareClassifier;
  readonly #threads: NetworkThreads<
    Snapshot<ClassifierDescription>,
    HostJob,
    Float32Array | HostActivations
  >;

  constructor(classifier: BareClassifier) {
    this.#classifier = classifier;
    this.#threads = new NetworkThreads(classifier, {
      get script() {
        return new URL("./scoring_worker.ts", import.meta.url);
      },
      snapshot: () => takeSnapshot(classifier),
      onWorker: (part, worker) => {
        // A slice: a view would send the memory of the whole batch.
        const pixels = part.pixels.slice();
        return worker.ask({ ...part, pixels }, [pixels.buffer]);
      },
      onMainThread: (part) => inferOnHost(classifier, part),
    });
  }

  /** The threads that the machine, the permissions and the memory allow. */
  get plan(): ThreadPlan {
    return this.#threads.plan(MEMORY / (2 * 4 * countParameters(this.#classifier.specs) + BACKEND_BYTES));
  }

  /** Threads that take work; while there are none, this one does it. */
  get ready(): number {
    return this.#threads.ready;
  }

  /** Starts the threads, or gives them the values that the classifier has now. */
  start(): void {
    this.#threads.start(this.plan.count);
  }

  /** The probability of crack of each patch, shown to the network `batch` at a time. */
  async scores({ pixels, size }: HostPatches, { batch }: { batch: number }): Promise<Float32Array> {
    this.start();
    const stride = size * size * 3;
    const parts = [];
    for (let from = 0; from < pixels.length; from += batch * stride) {
      parts.push(this.#threads.run({ pixels: pixels.subarray(from, from + batch * stride), size }));
    }
    const scores = new Float32Array(pixels.length / stride);
    for (const [i, part] of (await Promise.all(parts)).entries()) scores.set(part as Float32Array, i * batch);
    return scores;
  }

  /** What the network sees in an image. */
  async activations(image: HostImage): Promise<HostActivations> {
    this.start();
    // The memory of a backend never shrinks: one has that of large images, the others that of a batch.
    const large = image.width * image.height > SMALL_PIXELS;
    return await this.#threads.run(image, large ? { threads: 1 } : {}) as HostActivations;
  }

  [Symbol.dispose](): void {
    this.#threads[Symbol.dispose]();
  }
}
