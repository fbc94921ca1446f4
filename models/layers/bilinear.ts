import { tf } from "../tfjs.ts";

/**
 * Bilinear enlargement by a whole number, pixels being areas: pixel i of the result lies at (i + ½) / scale − ½ of the
 * image, whose border pixels are repeated beyond it. PyTorch's `align_corners=False`, TensorFlow's `half_pixel_centers`.
 *
 * tfjs' own kernels of the gradient know neither, so that this is products with matrices of weights.
 *
 * @param x N × h × w × C
 * @returns N × scale · h × scale · w × C
 */
export function enlargeHalfPixelCenters(x: tf.Tensor4D, scale: number): tf.Tensor4D {
  if (scale === 1) return x;
  return tf.tidy(() => {
    const [n, height, width, channels] = x.shape;
    const columns = combineRows(
      x.transpose<tf.Tensor4D>([0, 2, 1, 3]).reshape([n, width, height * channels]),
      { size: width, scale, taps: 1 },
    );
    const rows = columns.reshape<tf.Tensor4D>([n, scale * width, height, channels]).transpose([0, 2, 1, 3]);
    return combineRows(
      rows.reshape([n, height, scale * width * channels]),
      { size: height, scale, taps: 1 },
    ).reshape([n, scale * height, scale * width, channels]);
  });
}

/**
 * A convolution with stride 1, zeros around, of an image that is first enlarged: what
 * `conv2d(enlargeHalfPixelCenters(x, scale), kernel, 1, "same")` plus bias is, but that the enlarged image of all input channels never exists.
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
  { kernel, bias }: { readonly kernel: tf.Tensor4D; readonly bias?: tf.Tensor1D },
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
      { size: width, scale, taps },
    );
    const rows = columns.reshape<tf.Tensor4D>([n, scale * width, height * taps, outputs])
      .transpose<tf.Tensor4D>([0, 2, 1, 3]);
    const convolved = combineRows(
      rows.reshape([n, height * taps, scale * width * outputs]),
      { size: height, scale, taps },
    ).reshape<tf.Tensor4D>([n, scale * height, scale * width, outputs]);
    return bias ? convolved.add(bias) : convolved;
  });
}

/** A line of pixels that is enlarged, and how many taps see each pixel of the result. */
interface Line {
  /** Pixels of the line before it is enlarged. */
  readonly size: number;
  readonly scale: number;
  /** 1 or 3 */
  readonly taps: number;
}

/** So many pixels of a line are enlarged by one product: further away all weights are 0. */
const BAND = 32;

/**
 * Enlarges the lines along the second axis of N × taps · size × K, in which the values for the taps of a pixel lie side by side: row i
 * of the result, N × scale · size × K, is the sum over the taps t of what pixel i + t − (taps − 1) / 2 of the enlarged line of the
 * values for t is; zero where that lies outside.
 */
function combineRows(x: tf.Tensor3D, line: Line): tf.Tensor3D {
  return tf.customGrad((...inputs) => {
    const [x] = inputs as [tf.Tensor3D];
    return {
      value: multiplyBands(x, line, false),
      gradFunc: (dy: tf.Tensor) => multiplyBands(dy as tf.Tensor3D, line, true),
    };
  })(x) as tf.Tensor3D;
}

/** The matrix of weights, or its transpose, times each image: of the result band by band, from what has weights that are not 0. */
function multiplyBands(x: tf.Tensor3D, line: Line, transpose: boolean): tf.Tensor3D {
  const { size, scale, taps } = line;
  const [n, , length] = x.shape;
  const bands: tf.Tensor3D[] = [];
  for (let start = 0; start < size; start += BAND) {
    const band: Range = [start, Math.min(size, start + BAND)];
    // A tap moves by less than a pixel of the line, and an enlarged pixel lies between two.
    const around: Range = [Math.max(0, band[0] - 1), Math.min(size, band[1] + 1)];
    // One copy an image: tfjs' kernels are slow, and its gradient is wrong, where one matrix serves all.
    const matrix = tf.tidy(() => {
      const weights = weightsOf(line, transpose ? { from: band, to: around } : { from: around, to: band });
      return tf.concat(Array<tf.Tensor3D>(n).fill(weights));
    });
    const step = transpose ? scale : taps;
    const rows = x.slice([0, step * around[0], 0], [n, step * (around[1] - around[0]), length]);
    bands.push(tf.matMul(matrix, rows, transpose));
  }
  return bands.length === 1 ? bands[0] : tf.concat(bands, 1);
}

type Range = readonly [start: number, end: number];

/** The weights of the values of the pixels `from` in the enlarged pixels of the pixels `to`, by rows. */
function weightsOf(
  { size, scale, taps }: Line,
  { from, to }: { readonly from: Range; readonly to: Range },
): tf.Tensor3D {
  const rows = scale * (to[1] - to[0]), columns = taps * (from[1] - from[0]);
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let t = 0; t < taps; t++) {
      const pixel = scale * to[0] + i + t - (taps - 1) / 2;
      if (pixel < 0 || pixel >= scale * size) continue;
      const at = Math.min(size - 1, Math.max(0, (pixel + 0.5) / scale - 0.5));
      const before = Math.floor(at), share = at - before;
      for (const [j, weight] of [[before, 1 - share], [before + 1, share]]) {
        // Beyond the last pixel the share is 0.
        if (j >= from[0] && j < from[1]) values[i * columns + taps * (j - from[0]) + t] += weight;
      }
    }
  }
  return tf.tensor3d(values, [1, rows, columns]);
}

/**
 * Bilinear enlargement by a whole number, the pixels of the corners staying where they are: pixel i of a line of m lies at
 * i (n − 1) / (m − 1) of the line of n that it comes from. PyTorch's and TensorFlow's `align_corners`.
 *
 * Two products with matrices of weights, since tfjs' gradient of its own kernel fails on images that are not square.
 *
 * @param x N × h × w × C
 * @returns N × factor · h × factor · w × C
 */
export function enlargeAlignCorners(x: tf.Tensor4D, factor: number): tf.Tensor4D {
  const [n, height, width, channels] = x.shape;
  const [wide, high] = [factor * width, factor * height];
  return tf.tidy(() => {
    const rows = x.transpose([0, 1, 3, 2]).reshape<tf.Tensor2D>([n * height * channels, width])
      .matMul(alignCornersWeights(width, wide)).reshape([n, height, channels, wide]);
    return rows.transpose([0, 3, 2, 1]).reshape<tf.Tensor2D>([n * wide * channels, height])
      .matMul(alignCornersWeights(height, high)).reshape<tf.Tensor4D>([n, wide, channels, high])
      .transpose([0, 3, 1, 2]);
  });
}

/** What each of `to` pixels of a line (columns) takes of each of the `from` pixels (rows) that it comes from. */
function alignCornersWeights(from: number, to: number): tf.Tensor2D {
  const weights = new Float32Array(from * to);
  for (let i = 0; i < to; i++) {
    const place = to === 1 ? 0 : i * (from - 1) / (to - 1);
    const before = Math.floor(place), after = Math.min(before + 1, from - 1);
    weights[before * to + i] += 1 - (place - before);
    weights[after * to + i] += place - before;
  }
  return tf.tensor2d(weights, [from, to]);
}
