import { tf } from "../tfjs.ts";

/**
 * Each pixel twice along both axes: enlargement by its nearest pixel. The gradient of a pixel is the sum over its four copies.
 *
 * @param x N × h × w × C
 * @returns N × 2h × 2w × C
 */
export function repeatPixels(x: tf.Tensor4D): tf.Tensor4D {
  return tf.customGrad((...inputs) => {
    const [x] = inputs as [tf.Tensor4D];
    const [, height, width] = x.shape;
    return {
      value: tf.image.resizeNearestNeighbor(x, [2 * height, 2 * width]),
      gradFunc: (dy: tf.Tensor) => tf.avgPool(dy as tf.Tensor4D, 2, 2, "valid").mul(4),
    };
  })(x) as tf.Tensor4D;
}
