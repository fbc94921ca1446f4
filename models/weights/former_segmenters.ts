import first from "./segmenter-1.safetensors.b64" with { type: "text" };
import second from "./segmenter-2.safetensors.b64" with { type: "text" };

/** The networks that shipped before, of which people have predictions, by what they are called since. */
const FORMER = { "shipped-1": first, "shipped-2": second } as const;

/** What a network that shipped before is called. */
export type FormerName = keyof typeof FORMER;

/** The checkpoint that is called so. Imported only when it is asked for: the texts are megabytes long. */
export function formerSegmenter(name: FormerName): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(FORMER[name]);
}
