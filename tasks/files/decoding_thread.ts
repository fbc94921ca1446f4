import type { FileDecoder } from "../../core/images/decode_file.ts";
import { decodeImage } from "../../core/images/decode_image.ts";
import { LimitedWorker } from "../../models/threads/limited_worker.ts";
import { workerRefusal } from "../../models/threads/request_worker.ts";
import type { DecodedReply, DecodingRequest } from "./decoding_worker.ts";

/** Milliseconds for a photo: one of 134 megapixels in 16 bits takes 15 s, and 80 s on a machine that is busy with other work. */
const LIMIT = 600_000;

/** Options of {@linkcode DecodingThread}. */
export interface DecodingThreadOptions {
  /** Milliseconds after which a photo is given up. Default: ten minutes. */
  readonly limit?: number;
  /** The most pixels of a photo or mask. Default: that of {@linkcode decodeImage}. */
  readonly maxPixels?: number;
  /** The module that the thread runs, for tests. */
  readonly script?: URL;
}

/**
 * Decodes photos and masks in a thread of its own, one after the other: meanwhile this one answers Ctrl-C, and computes. It starts with the
 * first and is kept for all. Where no thread may be started, they are decoded in this one.
 */
export class DecodingThread implements Disposable {
  readonly #worker: LimitedWorker<DecodingRequest, DecodedReply>;
  readonly #maxPixels: number | undefined;

  constructor(
    { limit = LIMIT, maxPixels, script = new URL("./decoding_worker.ts", import.meta.url) }:
      DecodingThreadOptions = {},
  ) {
    this.#maxPixels = maxPixels;
    this.#worker = new LimitedWorker(script, {
      limit,
      late: () =>
        new RangeError(
          `Cannot decode the image: it took more than ${
            limit / 1000
          } s; the file is damaged, or made to take long.`,
        ),
    });
  }

  /**
   * The image in the bytes of a file, upright; see {@linkcode decodeImage}.
   *
   * @throws what `decodeImage` throws; {RangeError} where it takes too long.
   */
  readonly decode: FileDecoder = async (bytes, options = {}) => {
    const { onNote, ...others } = { ...options, maxPixels: this.#maxPixels };
    if (workerRefusal() !== undefined) {
      return await decodeImage(bytes, { ...others, onNote }).catch((error) => Promise.reject(errorOf(error)));
    }
    const reply = await this.#worker.ask({ bytes, options: others });
    if ("message" in reply) throw errorOf(reply);
    for (const note of reply.notes) onNote?.(note);
    return new ImageData(reply.data, reply.width, reply.height);
  };

  /** Ends the thread. */
  [Symbol.dispose](): void {
    this.#worker[Symbol.dispose]();
  }
}

/** The error that was caught, here or in the other thread. What programs have an option for is a flag of commands. */
function errorOf({ name, message }: { readonly name: string; readonly message: string }): Error {
  const kind = [SyntaxError, TypeError, RangeError].find((kind) => kind.name === name) ?? Error;
  return new kind(message.replace("(option maxPixels)", "(--max-pixels)"));
}
