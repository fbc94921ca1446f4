/**
 * A thread that decodes photos, so that no file keeps the run from answering.
 *
 * @module
 */
import { decodeImage } from "../../core/images/decode_image.ts";
import { serveRequests } from "../../models/threads/serve_requests.ts";

/** A decoded photo, or why it is none. */
export type DecodedReply =
  | { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray<ArrayBuffer> }
  | { readonly name: string; readonly message: string };

serveRequests(async (bytes: Uint8Array): Promise<DecodedReply> => {
  try {
    const { width, height, data } = await decodeImage(bytes);
    // `decodeImage` makes its images on memory of their own.
    return { width, height, data: data as Uint8ClampedArray<ArrayBuffer> };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { name: error.name, message: error.message };
  }
}, { transfer: (reply) => "data" in reply ? [reply.data.buffer] : [] });
