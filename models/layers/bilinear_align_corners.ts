import { tf } from "../tfjs.ts";

/**
 * Bilinear enlargement by a whole number, the pixels of the corners staying where they are: pixel i of a line of m lies at
 * i (n − 1) / (m − 1) of the line of n that it comes from. PyTorch's and TensorFlow's `align_corners`.
 *
 * Two products with matrices of weights, since tfjs' gradient of its own kernel fails on images that are not square.
 *
 * @param x N × h × w × C
 * @returns N × factor · h × factor · w × C
 */
export function enlargeAligned(x: tf.Tensor4D, factor: number): tf.Tensor4D {
  const [n, height, width, channels] = x.shape;
  const [wide, high] = [factor * width, factor * height];
  return tf.tidy(() => {
    const rows = x.transpose([0, 1, 3, 2]).reshape<tf.Tensor2D>([n * height * channels, width])
      .matMul(alignedWeights(width, wide)).reshape([n, height, channels, wide]);
    return rows.transpose([0, 3, 2, 1]).reshape<tf.Tensor2D>([n * wide * channels, height])
      .matMul(alignedWeights(height, high)).reshape<tf.Tensor4D>([n, wide, channels, high])
      .transpose([0, 3, 1, 2]);
  });
}

/** What each of `to` pixels of a line (columns) takes of each of the `from` pixels (rows) that it comes from. */
function alignedWeights(from: number, to: number): tf.Tensor2D {
  const weights = new Float32Array(from * to);
  for (let i = 0; i < to; i++) {
    const place = to === 1 ? 0 : i * (from - 1) / (to - 1);
    const before = Math.floor(place), after = Math.min(before + 1, from - 1);
    weights[before * to + i] += 1 - (place - before);
    weights[after * to + i] += place - before;
  }
  return tf.tensor2d(weights, [from, to]);
}
