import { LimitedWorker } from "../threads/limited_worker.ts";
import { workerRefusal } from "../threads/request_worker.ts";
import type { ForeignTensor, ForeignWeights } from "./foreign_weights.ts";
import type { KerasTensor } from "./keras_weights.ts";
import type { KerasReply } from "./keras_worker.ts";

const KIND = "Keras .h5 file";

/** Milliseconds for a file: half a gigabyte takes seconds. */
const LIMIT = 60_000;

/**
 * A thread that reads weights that Keras wrote as HDF5, one file after the other, since a damaged file can keep HDF5's library busy without
 * end. It starts with the first file.
 */
export class KerasThread implements Disposable {
  readonly #worker: LimitedWorker<Uint8Array, KerasReply>;

  /** @param options `limit`: milliseconds after which a file counts as damaged. Default: a minute. */
  constructor({ limit = LIMIT }: { readonly limit?: number } = {}) {
    this.#worker = new LimitedWorker(new URL("./keras_worker.ts", import.meta.url), {
      limit,
      late: () =>
        new SyntaxError(
          `Cannot read the ${KIND}: it is damaged, reading it took more than ${limit / 1000} s.`,
        ),
    });
  }

  /** @throws {SyntaxError} as {@linkcode openKerasWeights} does. */
  async read(bytes: Uint8Array): Promise<ReadonlyMap<string, KerasTensor>> {
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const reply = await this.#worker.ask(shared);
    if (typeof reply === "string") throw new SyntaxError(reply);
    return reply;
  }

  /** Ends the thread. */
  [Symbol.dispose](): void {
    this.#worker[Symbol.dispose]();
  }
}

/** Options of {@linkcode openKerasWeights}. */
export interface OpenKerasOptions {
  /** What reads the file, for those who read many. Default: a thread for this one. */
  readonly keras?: KerasThread;
}

/**
 * Opens weights that Keras wrote as HDF5. They are read in another thread; where no thread may be started, in this one.
 *
 * @throws {SyntaxError} for a file that is no HDF5, is damaged, or was not laid out by Keras.
 */
export async function openKerasWeights(
  bytes: Uint8Array,
  { keras }: OpenKerasOptions = {},
): Promise<ForeignWeights> {
  const read = workerRefusal() === undefined
    ? await readInThread(bytes, keras)
    : await (await import("./keras_weights.ts")).readKerasWeights(bytes);
  const tensors = new Map([...read].map(([name, tensor]) => [name, foreignTensor(tensor)]));
  return { kind: KIND, tensors, [Symbol.dispose]() {} };
}

async function readInThread(
  bytes: Uint8Array,
  keras: KerasThread | undefined,
): Promise<ReadonlyMap<string, KerasTensor>> {
  if (keras !== undefined) return await keras.read(bytes);
  using own = new KerasThread();
  return await own.read(bytes);
}

function foreignTensor({ shape, data }: KerasTensor): ForeignTensor {
  return {
    shape,
    get data() {
      if (typeof data === "string") throw new SyntaxError(data);
      return new Float32Array(data);
    },
  };
}
