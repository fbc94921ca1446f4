import weights from "./segmenter.safetensors.b64" with { type: "text" };

/** The checkpoint that ships with Hairline. Imported only when it is asked for: its text is megabytes long. */
export function shippedSegmenter(): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(weights);
}
