import weights from "./crack.safetensors.b64" with { type: "text" };

/** The checkpoint that ships with Hairline. Imported only when it is asked for: its text is several megabytes. */
export function shippedCheckpoint(): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(weights);
}
