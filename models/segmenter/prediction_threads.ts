import { segmenterBytes } from "../layers/memory.ts";
import { NetworkThreads, type ThreadPlan } from "../threads/network_threads.ts";
import { type Snapshot, takeSnapshot } from "../threads/shared_values.ts";
import {
  type BareSegmenter,
  predictOnHost,
  type SegmenterDescription,
  type WholeImage,
} from "./bare_segmenter.ts";

/** Bytes that the backends of all threads may take, and what one takes before it works. */
const MEMORY = 3 * 2 ** 30, BACKEND_BYTES = 64 * 2 ** 20;

/**
 * Shows images to a segmentation network in several threads; see `NetworkThreads`. An image, or a band of one, is shown by one thread, so they
 * start when a second one comes while one is worked on: for an image alone they would come too late.
 */
export class PredictionThreads implements Disposable {
  readonly #segmenter: BareSegmenter;
  readonly #threads: NetworkThreads<Snapshot<SegmenterDescription>, WholeImage, Float32Array[]>;
  /** Images without a prediction yet. */
  #open = 0;

  constructor(segmenter: BareSegmenter) {
    this.#segmenter = segmenter;
    this.#threads = new NetworkThreads(segmenter, {
      get script() {
        return new URL("./prediction_worker.ts", import.meta.url);
      },
      snapshot: () => takeSnapshot(segmenter),
      onWorker: (image, worker) =>
        worker.ask(image).catch((error) => {
          if (worker.failure !== undefined) throw error;
          // What fails here as well has the class and the words of the failure, which are lost on the way between threads.
          return predictOnHost(segmenter, image);
        }),
      onMainThread: (image) => predictOnHost(segmenter, image),
    });
  }

  /** The threads that the machine, the permissions and the memory allow for images of so many pixels. */
  plan(pixels: number): ThreadPlan {
    return this.#threads.plan(MEMORY / (BACKEND_BYTES + segmenterBytes(this.#segmenter.network, pixels)));
  }

  /** Threads that take images; while there are none, this one does. */
  get ready(): number {
    return this.#threads.ready;
  }

  /** The confidences of an image. */
  async predict(image: WholeImage): Promise<Float32Array[]> {
    const threads = this.plan(image.size[0] * image.size[1]).count;
    if (threads === 1) return await predictOnHost(this.#segmenter, image);
    this.#open++;
    try {
      if (this.#open > 1) this.#threads.start(threads);
      return await this.#threads.run(image, { threads });
    } finally {
      this.#open--;
    }
  }

  [Symbol.dispose](): void {
    this.#threads[Symbol.dispose]();
  }
}
