import { tf } from "../tfjs.ts";
import type { FoldedLayer } from "./layer.ts";

/**
 * Bilinear enlargement by a whole number, pixels being areas: pixel i of the result lies at (i + ½) / scale − ½ of the
 * picture, whose border pixels go on for ever. PyTorch's `align_corners=False`, TensorFlow's `half_pixel_centers`.
 *
 * tfjs' own kernels of the gradient know neither, so that this is two products with matrices of weights.
 *
 * @param x N × h × w × C
 * @returns N × scale · h × scale · w × C
 */
export function enlargeCentred(x: tf.Tensor4D, scale: number): tf.Tensor4D {
  if (scale === 1) return x;
  return tf.tidy(() => {
    const [n, height, width, channels] = x.shape;
    const columns = combineRows(
      x.transpose<tf.Tensor4D>([0, 2, 1, 3]).reshape([n, width, height * channels]),
      bilinearWeights(width, { scale, taps: 1 }),
    );
    const rows = columns.reshape<tf.Tensor4D>([n, scale * width, height, channels]).transpose([0, 2, 1, 3]);
    return combineRows(
      rows.reshape([n, height, scale * width * channels]),
      bilinearWeights(height, { scale, taps: 1 }),
    ).reshape([n, scale * height, scale * width, channels]);
  });
}

/**
 * A convolution with stride 1, zeros around, of a picture that is first enlarged: what `conv2d(enlargeCentred(x, scale), kernel, 1, "same")` plus
 * bias is, but that the enlarged picture of all input channels never exists.
 *
 * Enlarging E acts on each channel alone and taking sums over channels on each pixel alone, so that they may change places: with S(ky, kx)
 * the shift by a tap, which brings in zeros,
 *
 *     Σ S(ky, kx) (E x) k[ky, kx] = Σ S(ky, kx) E (x k[ky, kx]),
 *
 * and since E and S act on rows and columns apart, the right side is Σ_ky R(ky) Σ_kx (x k[ky, kx]) C(kx)ᵀ with matrices R and C of weights.
 * The products with the kernel are made at the small size, scale² times fewer, the rest with the output channels only.
 *
 * @param x N × h × w × inputs
 * @returns N × scale · h × scale · w × outputs
 */
export function convolveEnlarged(
  x: tf.Tensor4D,
  { kernel, bias }: FoldedLayer,
  scale: number,
): tf.Tensor4D {
  return tf.tidy(() => {
    const [n, height, width] = x.shape;
    const [taps, , inputs, outputs] = kernel.shape;
    // By inputs, kx, ky, outputs: so that columns and kx are neighbours, and after the first transposition rows and ky.
    const mixing = kernel.transpose<tf.Tensor4D>([2, 1, 0, 3]).reshape<tf.Tensor4D>([
      1,
      1,
      inputs,
      taps * taps * outputs,
    ]);
    const mixed = tf.conv2d(x, mixing, 1, "valid");
    const columns = combineRows(
      mixed.reshape<tf.Tensor4D>([n, height, width * taps, taps * outputs]).transpose<tf.Tensor4D>([
        0,
        2,
        1,
        3,
      ])
        .reshape([n, width * taps, height * taps * outputs]),
      bilinearWeights(width, { scale, taps }),
    );
    const rows = columns.reshape<tf.Tensor4D>([n, scale * width, height * taps, outputs])
      .transpose<tf.Tensor4D>([0, 2, 1, 3]);
    const convolved = combineRows(
      rows.reshape([n, height * taps, scale * width * outputs]),
      bilinearWeights(height, { scale, taps }),
    ).reshape<tf.Tensor4D>([n, scale * height, scale * width, outputs]);
    return bias ? convolved.add(bias) : convolved;
  });
}

/** A matrix by rows. */
interface Weights {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Row i has in column taps · j + t what pixel i + t − (taps − 1) / 2 of the enlarged line of `size` pixels takes of pixel j; zeros where
 * that lies outside.
 */
function bilinearWeights(
  size: number,
  { scale, taps }: { readonly scale: number; readonly taps: number },
): Weights {
  const rows = scale * size, columns = taps * size;
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let t = 0; t < taps; t++) {
      const pixel = i + t - (taps - 1) / 2;
      if (pixel < 0 || pixel >= rows) continue;
      const at = Math.min(size - 1, Math.max(0, (pixel + 0.5) / scale - 0.5));
      const before = Math.floor(at), after = Math.min(size - 1, before + 1), share = at - before;
      values[i * columns + taps * before + t] += 1 - share;
      values[i * columns + taps * after + t] += share;
    }
  }
  return { values, rows, columns };
}

/** weights · x[n] of each picture n of N × columns × K: N × rows × K. */
function combineRows(x: tf.Tensor3D, { values, rows, columns }: Weights): tf.Tensor3D {
  // One copy a picture: tfjs' kernels are slow, and its gradient is wrong, where one matrix serves all.
  const weights = (n: number) => tf.tensor3d(values, [1, rows, columns]).tile([n, 1, 1]);
  return tf.customGrad((...inputs) => {
    const [x] = inputs as [tf.Tensor3D];
    return {
      value: tf.matMul(weights(x.shape[0]), x),
      gradFunc: (dy: tf.Tensor) => tf.matMul(weights(dy.shape[0]), dy, true),
    };
  })(x) as tf.Tensor3D;
}
