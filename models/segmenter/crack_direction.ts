import { tf } from "../tfjs.ts";

/** Directions that are told apart: 0°, 45°, 90° and 135°, from the right counter-clockwise. */
export const DIRECTIONS = 4;

/** Side of the window whose crack pixels say which way a crack goes through its middle. */
const WINDOW = 15;

/**
 * Which of the {@linkcode DIRECTIONS} the crack in the middle of each mask takes: the direction of greatest variance θ of the crack pixels around
 * it, tan 2θ = 2 c_xy / (c_xx − c_yy). Of the four it is nearest to the one whose cos(2θ − 2θ_k) is greatest, that is, the greatest of
 *
 *     c_xx − c_yy,   2 c_xy,   c_yy − c_xx,   −2 c_xy.
 *
 * @param masks N × S × S × 1, 0..1, S ≥ 15.
 * @returns N × 4: 1 for the direction; zeros where the middle is no crack, or its crack goes no way.
 */
export function directionsOf(masks: tf.Tensor4D): tf.Tensor2D {
  return tf.tidy(() => {
    const [count, size] = masks.shape;
    const first = (size - WINDOW) / 2, middle = (size - 1) / 2;
    const pixels = masks.slice([0, first, first, 0], [-1, WINDOW, WINDOW, 1]).reshape<tf.Tensor2D>([
      count,
      -1,
    ]);
    const sums = pixels.matMul<tf.Tensor2D>(powers());
    const [mass, x, y, xx, xy, yy] = tf.split(sums, 6, 1);
    const whole = mass.maximum(1);
    const difference = xx.sub(yy).sub(x.square().sub(y.square()).div(whole));
    const mixed = xy.sub(x.mul(y).div(whole)).mul(2);
    const nearness = tf.concat<tf.Tensor2D>(
      [difference, mixed, difference.neg(), mixed.neg()] as tf.Tensor2D[],
      1,
    );
    const crack = masks.slice([0, middle, middle, 0], [-1, 1, 1, 1]).reshape([count, 1]).greaterEqual(0.5);
    const going = nearness.max(1, true).greater(1e-3);
    return tf.oneHot(nearness.argMax(1).cast("int32"), DIRECTIONS)
      .mul<tf.Tensor2D>(crack.logicalAnd(going).cast("float32"));
  });
}

/** 1, x, y, x², xy and y² of each pixel of the window, x to the right and y upwards from its middle. */
function powers(): tf.Tensor2D {
  const half = (WINDOW - 1) / 2;
  return tf.tensor2d(Array.from({ length: WINDOW ** 2 }, (_, i) => {
    const x = i % WINDOW - half, y = half - Math.floor(i / WINDOW);
    return [1, x, y, x * x, x * y, y * y];
  }));
}

/**
 * Cross-entropy of the directions of cracks, mean over the masks whose middle has one.
 *
 * @param logits N × 1 × 1 × 4.
 * @param masks N × S × S × 1, as {@linkcode directionsOf} takes them.
 */
export function directionLoss(logits: tf.Tensor4D, masks: tf.Tensor4D): tf.Scalar {
  return tf.tidy(() => {
    const known = directionsOf(masks);
    const entropy = tf.logSoftmax(logits.reshape<tf.Tensor2D>([-1, DIRECTIONS])).mul(known).sum().neg();
    return entropy.div(known.sum().maximum(1)).asScalar();
  });
}

/**
 * The direction that probabilities p of the four stand for, θ = ½ atan2(Σ p_k sin 2θ_k, Σ p_k cos 2θ_k) = ½ atan2(p₄₅ − p₁₃₅, p₀ − p₉₀): the mean
 * of directions, for which 0° and 180° are the same.
 *
 * @param logits N × 1 × 1 × 4.
 * @returns N × 1 × 1 × 1, in degrees from the right counter-clockwise, 0 to below 180.
 */
export function meanDirection(logits: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const [right, rising, up, falling] = tf.split(logits.softmax(), DIRECTIONS, 3);
    const half = tf.atan2(rising.sub(falling), right.sub(up)).mul<tf.Tensor4D>(90 / Math.PI);
    const turned = half.add<tf.Tensor4D>(half.less(0).cast("float32").mul(180));
    // What is just below 0 may round to 180.
    return turned.mul(turned.less(180).cast("float32"));
  });
}
