import { RequestWorker, workerRefusal } from "../threads/request_worker.ts";
import type { ForeignTensor, ForeignWeights } from "./foreign_weights.ts";
import type { KerasTensor } from "./keras_weights.ts";
import type { KerasReply } from "./keras_worker.ts";

const KIND = "Keras .h5 file";

/** Options of {@linkcode openKerasWeights}. */
export interface OpenKerasOptions {
  /** Milliseconds after which a file counts as damaged. Half a gigabyte takes seconds. Default: a minute. */
  readonly limit?: number;
}

/**
 * Opens weights that Keras wrote as HDF5. They are read in another thread, as a damaged file can keep HDF5's library busy without end;
 * where no thread may be started, in this one. Deno cannot end a thread that is busy: it goes on until `Deno.exit()`, with which every task
 * ends.
 *
 * @throws {SyntaxError} for a file that is no HDF5, is damaged, or was not laid out by Keras.
 */
export async function openKerasWeights(
  bytes: Uint8Array,
  { limit = 60_000 }: OpenKerasOptions = {},
): Promise<ForeignWeights> {
  const read = workerRefusal() === undefined
    ? await readInThread(bytes, limit)
    : await (await import("./keras_weights.ts")).readKerasWeights(bytes);
  const tensors = new Map([...read].map(([name, tensor]) => [name, foreignTensor(tensor)]));
  return { kind: KIND, tensors, [Symbol.dispose]() {} };
}

async function readInThread(bytes: Uint8Array, limit: number): Promise<ReadonlyMap<string, KerasTensor>> {
  using worker = new RequestWorker<Uint8Array, KerasReply>(new URL("./keras_worker.ts", import.meta.url));
  const late = Promise.withResolvers<KerasReply>();
  const timer = setTimeout(
    () =>
      late.resolve(`Cannot read the ${KIND}: it is damaged, reading it took more than ${limit / 1000} s.`),
    limit,
  );
  try {
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const answer = worker.ask(shared);
    // Ending the thread fails what it was asked.
    answer.catch(() => {});
    const reply = await Promise.race([answer, late.promise]);
    if (typeof reply === "string") throw new SyntaxError(reply);
    return reply;
  } finally {
    clearTimeout(timer);
  }
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
