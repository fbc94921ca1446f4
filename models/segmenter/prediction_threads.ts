import { NetworkThreads, type ThreadPlan } from "../threads/network_threads.ts";
import { predictOnHost, type WholePicture } from "./host_prediction.ts";
import { bytesFor } from "./pixels_at_once.ts";
import type { PredictionReply } from "./prediction_worker.ts";
import type { Segmenter } from "./segmenter.ts";
import { copySegmenter, type SegmenterCopy } from "./segmenter_copy.ts";

/** Bytes that the backends of all threads may take, and what one takes before it works. */
const MEMORY = 3 * 2 ** 30, BACKEND_BYTES = 64 * 2 ** 20;

/**
 * Shows pictures to a segmentation network in several threads; see `NetworkThreads`. A picture is shown whole by one thread, so they
 * start when a second one comes while one is worked on: for a picture alone they would come too late.
 */
export class PredictionThreads implements Disposable {
  readonly #segmenter: Segmenter;
  readonly #threads: NetworkThreads<SegmenterCopy, WholePicture, PredictionReply>;
  /** Pictures without a prediction yet. */
  #open = 0;

  constructor(segmenter: Segmenter) {
    this.#segmenter = segmenter;
    this.#threads = new NetworkThreads(segmenter, {
      script: new URL("./prediction_worker.ts", import.meta.url),
      copy: () => copySegmenter(segmenter),
      there: (picture, thread) =>
        thread.ask(picture).catch((error) => {
          if (thread.failure !== undefined) throw error;
          // What fails here as well has the class and the words of the failure, which are lost on the way between threads.
          return predictOnHost(segmenter, picture);
        }),
      here: (picture) => predictOnHost(segmenter, picture),
    });
  }

  /** The threads that the machine, the permissions and the memory allow for pictures of so many pixels. */
  plan(pixels: number): ThreadPlan {
    return this.#threads.plan(MEMORY / (BACKEND_BYTES + bytesFor(this.#segmenter.network, pixels)));
  }

  /** Threads that take pictures; while there are none, this one does. */
  get ready(): number {
    return this.#threads.ready;
  }

  /** The confidences of a picture. */
  async predict(picture: WholePicture): Promise<Float32Array[]> {
    const threads = this.plan(picture.size[0] * picture.size[1]).count;
    if (threads === 1) return await predictOnHost(this.#segmenter, picture);
    this.#open++;
    try {
      if (this.#open > 1) this.#threads.start(threads);
      return (await this.#threads.run(picture, { threads }))!;
    } finally {
      this.#open--;
    }
  }

  [Symbol.dispose](): void {
    this.#threads[Symbol.dispose]();
  }
}
