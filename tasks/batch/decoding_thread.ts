import { decodeImage, type DecodeImageOptions } from "../../core/images/decode_image.ts";
import { RequestWorker, workerRefusal } from "../../models/threads/request_worker.ts";
import type { DecodedReply, DecodingRequest } from "./decoding_worker.ts";

/** Milliseconds for a photo: one of 134 megapixels in 16 bits takes 15 s, and 80 s on a machine that is busy with other work. */
const LIMIT = 600_000;

/** Options of {@linkcode DecodingThread}. */
export interface DecodingThreadOptions {
  /** Milliseconds after which a photo is given up. Default: ten minutes. */
  readonly limit?: number;
  /** The module that the thread runs, for tests. */
  readonly script?: URL;
}

/** A photo, and what was chosen or guessed when it was decoded, in sentences. */
export interface DecodedPhoto {
  readonly image: ImageData;
  readonly notes: readonly string[];
}

/**
 * Decodes photos in a thread of its own, one after the other: meanwhile this one answers Ctrl-C, and the photo before is computed. It starts
 * with the first photo and is kept for all. Where no thread may be started, photos are decoded in this one.
 */
export class DecodingThread implements Disposable {
  readonly #limit: number;
  readonly #script: URL;
  #worker: RequestWorker<DecodingRequest, DecodedReply> | undefined;

  constructor(
    { limit = LIMIT, script = new URL("./decoding_worker.ts", import.meta.url) }: DecodingThreadOptions = {},
  ) {
    this.#limit = limit;
    this.#script = script;
  }

  /**
   * The photo in the bytes of a file, upright; see {@linkcode decodeImage}. One is decoded at a time: the limit counts from the call.
   *
   * @throws what `decodeImage` throws; {RangeError} where it takes too long.
   */
  async decode(
    bytes: Uint8Array,
    options: Omit<DecodeImageOptions, "onNote"> = {},
  ): Promise<DecodedPhoto> {
    if (workerRefusal() !== undefined) {
      const notes: string[] = [];
      return { image: await decodeImage(bytes, { ...options, onNote: (note) => notes.push(note) }), notes };
    }
    if (this.#worker?.failure !== undefined) this.#end();
    this.#worker ??= new RequestWorker(this.#script);
    const late = Promise.withResolvers<DecodedReply>();
    const timer = setTimeout(() => {
      late.reject(
        new RangeError(
          `Cannot decode the image: it took more than ${
            this.#limit / 1000
          } s; the file is damaged, or made to take long.`,
        ),
      );
      // It may be busy without end: the next photo gets another thread.
      this.#end();
    }, this.#limit);
    try {
      const answer = this.#worker.ask({ bytes, options });
      // Ending the thread fails what it was asked.
      answer.catch(() => {});
      const reply = await Promise.race([late.promise, answer]);
      if ("message" in reply) throw errorOf(reply);
      return { image: new ImageData(reply.data, reply.width, reply.height), notes: reply.notes };
    } finally {
      clearTimeout(timer);
    }
  }

  #end(): void {
    this.#worker?.[Symbol.dispose]();
    this.#worker = undefined;
  }

  /** Ends the thread. */
  [Symbol.dispose](): void {
    this.#end();
  }
}

/** The error that the other thread caught. */
function errorOf({ name, message }: { readonly name: string; readonly message: string }): Error {
  const kind = [SyntaxError, TypeError, RangeError].find((kind) => kind.name === name) ?? Error;
  return new kind(message);
}
