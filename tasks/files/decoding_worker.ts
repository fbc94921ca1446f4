/**
 * A thread that decodes photos, so that no file keeps the run from answering.
 *
 * @module
 */
import { decodeImage, type DecodeImageOptions } from "../../core/images/decode_image.ts";
import { serveRequests } from "../../models/threads/serve_requests.ts";

/** A file to decode, and how. */
export interface DecodingRequest {
  readonly bytes: Uint8Array;
  readonly options: Omit<DecodeImageOptions, "onNote">;
}

/** A decoded photo, or why it is none. */
export type DecodedReply =
  | {
    readonly width: number;
    readonly height: number;
    readonly data: Uint8ClampedArray<ArrayBuffer>;
    readonly notes: readonly string[];
  }
  | { readonly name: string; readonly message: string };

serveRequests(async ({ bytes, options }: DecodingRequest): Promise<DecodedReply> => {
  try {
    const notes: string[] = [];
    const { width, height, data } = await decodeImage(bytes, {
      ...options,
      onNote: (note) => notes.push(note),
    });
    // `decodeImage` makes its images on memory of their own.
    return { width, height, data: data as Uint8ClampedArray<ArrayBuffer>, notes };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { name: error.name, message: error.message };
  }
}, { transfer: (reply) => "data" in reply ? [reply.data.buffer] : [] });
