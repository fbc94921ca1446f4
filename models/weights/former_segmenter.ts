import weights from "./segmenter-1.safetensors.b64" with { type: "text" };

/** The checkpoint that shipped first, of which people have predictions. Imported only when it is asked for: its text is megabytes long. */
export function formerSegmenter(): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(weights);
}
