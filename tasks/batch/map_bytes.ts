/**
 * A confidence map as the grey values of its PNG: 0..1 becomes 0..255, rounded, and whatever exceeds 0 is at least 1,
 * so that "any confidence at all" survives the file.
 */
export function confidenceBytes(confidence: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(confidence.length);
  for (let i = 0; i < bytes.length; i++) {
    const value = Math.min(1, confidence[i]);
    if (value > 0) bytes[i] = Math.max(1, Math.round(255 * value));
  }
  return bytes;
}

/** A mask of 0 and 1 as the grey values of its PNG: 0 and 255. */
export function maskBytes(mask: Uint8Array): Uint8Array<ArrayBuffer> {
  return mask.map((value) => value === 0 ? 0 : 255);
}

/** A map as the grey values or colours of its PNG: `range` becomes 0..255, rounded; what lies outside is clipped. */
export function mapBytes(
  data: Float32Array,
  range: readonly [low: number, high: number],
): Uint8Array<ArrayBuffer> {
  const [low, high] = range;
  const bytes = new Uint8ClampedArray(data.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (data[i] - low) / (high - low) * 255;
  return new Uint8Array(bytes.buffer);
}
