/**
 * A thread that reads weights of Keras, so that a damaged file keeps no other one busy.
 *
 * @module
 */
import { serveRequests } from "../threads/serve_requests.ts";
import { type KerasTensor, libraryReady, readKerasWeights } from "./keras_weights.ts";

/** The weights by name, or why the file cannot be read: a sentence. */
export type KerasReply = ReadonlyMap<string, KerasTensor> | string;

// Before it says that it is ready: that is no part of the time that a file takes.
await libraryReady;
serveRequests(async (bytes: Uint8Array): Promise<KerasReply> => {
  try {
    return await readKerasWeights(bytes);
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
});
