import { tf } from "../tfjs.ts";

/** Options of {@linkcode denseKernel}. */
export interface DenseKernelOptions {
  /** Rows of the picture. */
  readonly height: number;
  /** Columns of the picture. */
  readonly width: number;
  readonly stride: number;
  /** Zeros around the picture on each side. */
  readonly padding: number;
}

/**
 * A convolution of pictures of one small size as one matrix: entry (i, o) is the weight that output value o gives input value i.
 *
 * A 3 × 3 convolution of a 2 × 2 picture multiplies 5 of every 9 weights by the zeros around it, of a single pixel 8 of 9: the
 * matrix leaves them out.
 *
 * @param kernel side × side × inputs × outputs.
 * @returns 1 × 1 × (height · width · inputs) × (rows out · columns out · outputs), to convolve a 1 × 1 picture with.
 */
export function denseKernel(kernel: tf.Tensor4D, options: DenseKernelOptions): tf.Tensor4D {
  const { height, width, stride, padding } = options;
  const [side, , inputs, outputs] = kernel.shape;
  const rows = Math.floor((height + 2 * padding - side) / stride) + 1;
  const columns = Math.floor((width + 2 * padding - side) / stride) + 1;
  return tf.tidy(() => {
    // Output pixel (y, x) gives input pixel (i, j) the weight K[i − stride · y + padding, j − stride · x + padding].
    const margin = Math.max(height, width) * stride;
    const padded = kernel.pad([[margin, margin], [margin, margin], [0, 0], [0, 0]]);
    const windows: tf.Tensor[] = [];
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const start = [margin + padding - stride * y, margin + padding - stride * x, 0, 0];
        windows.push(padded.slice(start, [height, width, inputs, outputs]));
      }
    }
    return tf.stack(windows, 3).reshape([1, 1, height * width * inputs, rows * columns * outputs]);
  });
}
