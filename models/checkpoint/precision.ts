/** A kernel in 8 bits: value = level · scale of its output channel. */
export interface QuantizedKernel {
  /** −127 … 127, in the order of the kernel's values. */
  readonly levels: Int8Array<ArrayBuffer>;
  /** One a channel. */
  readonly scales: Float32Array<ArrayBuffer>;
}

/**
 * Rounds a kernel to 8 bits, each output channel on a scale of its own that its largest weight fills.
 *
 * @param values row-major, output channels last.
 * @param channels output channels.
 */
export function quantizeKernel(values: Float32Array, channels: number): QuantizedKernel {
  const scales = new Float32Array(channels);
  values.forEach((value, i) => {
    scales[i % channels] = Math.max(scales[i % channels], Math.abs(value) / 127);
  });
  const levels = Int8Array.from(
    values,
    (value, i) => scales[i % channels] > 0 ? Math.round(value / scales[i % channels]) : 0,
  );
  return { levels, scales };
}

/** The kernel that {@linkcode quantizeKernel} rounded. */
export function dequantizeKernel({ levels, scales }: QuantizedKernel): Float32Array<ArrayBuffer> {
  return Float32Array.from(levels, (level, i) => level * scales[i % scales.length]);
}

/** The largest number that float16 holds. */
const LARGEST = 65504;

/** Whether float16 holds values, rounded: larger ones would become infinite, as variances of unscaled activations can. */
export function fitsHalf(values: Float32Array): boolean {
  return values.every((value) => Math.abs(value) <= LARGEST);
}
