import { tf } from "../tfjs.ts";
import type { Operation } from "./layer_graph.ts";

/** The gradient of max-pooling, which every backend has as a kernel. */
const MAX_POOL_GRAD = "MaxPoolGrad";
const WINDOW = { filterSize: 2, strides: 2, pad: "valid" } as const;

/**
 * The greatest of each 2 × 2 pixels. The gradient goes to the first of them that is greatest, row by row, as in PyTorch.
 *
 * @param x N × 2h × 2w × C
 * @returns N × h × w × C
 * @throws {RangeError} for an odd height or width.
 */
export function maxPool(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape;
  if (height % 2 !== 0 || width % 2 !== 0) {
    throw new RangeError(
      `Cannot pool by 2 × 2 pixels: the picture has ${height} × ${width} pixels, an even height and width are wanted.`,
    );
  }
  return tf.customGrad((...inputs) => {
    const [x, save] = inputs as unknown as [tf.Tensor4D, tf.GradSaveFunc];
    const y = tf.maxPool(x, WINDOW.filterSize, WINDOW.strides, WINDOW.pad);
    save([x, y]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, [x, y]: tf.Tensor[]) => placeAtMaxima(dy as tf.Tensor4D, { x, y }),
    };
  })(x) as tf.Tensor4D;
}

/** What was pooled, and what came of it: together they show where each maximum lay, so that no positions need be kept. */
export interface Pooled {
  /** N × 2h × 2w × C */
  readonly x: tf.Tensor;
  /** N × h × w × C, {@linkcode maxPool} of x. */
  readonly y: tf.Tensor;
}

/**
 * Max-unpooling (Badrinarayanan, Kendall & Cipolla 2017, doi:10.1109/TPAMI.2016.2644615): each value goes to where the
 * greatest of its 2 × 2 pixels of x lay, the first of equals, and zeros elsewhere. The gradient of v is dy at those places;
 * x and y have none.
 *
 * @param v N × h × w × C
 * @returns N × 2h × 2w × C
 */
export function maxUnpool(v: tf.Tensor4D, { x, y }: Pooled): tf.Tensor4D {
  return tf.customGrad((...inputs) => {
    const [v, save] = inputs as unknown as [tf.Tensor4D, tf.GradSaveFunc];
    // x and y are no inputs of the operation: the tape would want their gradients.
    save([x, y]);
    return {
      value: placeAtMaxima(v, { x, y }),
      gradFunc: (dy: tf.Tensor, [x, y]: tf.Tensor[]) => {
        const chosen = dy.mul<tf.Tensor4D>(placeAtMaxima(tf.onesLike(y as tf.Tensor4D), { x, y }));
        // One of the four is not zero: their sum is four times their mean.
        return tf.avgPool(chosen, WINDOW.filterSize, WINDOW.strides, WINDOW.pad).mul(4);
      },
    };
  })(v) as tf.Tensor4D;
}

/** Each value of v at the first maximum of its window, by the kernel of max-pooling's gradient, which does just that. */
function placeAtMaxima(v: tf.Tensor4D, pooled: Pooled): tf.Tensor4D {
  // Of equal values tfjs' WebGPU kernel takes the last: the first of the image turned by half.
  const turned = tf.getBackend() === "webgpu";
  const turn = <T extends tf.Tensor>(t: T): T => turned ? tf.reverse(t, [1, 2]) : t;
  const inputs = { dy: turn(v), input: turn(pooled.x), output: turn(pooled.y) };
  return turn(tf.engine().runKernel(MAX_POOL_GRAD, inputs, { ...WINDOW }) as tf.Tensor4D);
}

/** {@linkcode maxPool} as a step of a network, for what {@linkcode unpool} puts back. */
export function pool(name: string): Operation {
  return {
    name,
    kind: "max-pool 2 × 2",
    shape: ({ height, width, channels }) => ({ height: height / 2, width: width / 2, channels }),
    run: maxPool,
  };
}

/** {@linkcode maxUnpool} as a step of a network: of values, what was pooled, and what came of it. Its channels are those of what was pooled. */
export function unpool(name: string): Operation {
  return {
    name,
    kind: "max-unpool 2 × 2",
    shape: (_, encoded) => encoded,
    run: (below, x, y) => maxUnpool(below, { x, y }),
  };
}
