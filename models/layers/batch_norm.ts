import { tf } from "../tfjs.ts";

/** Result of {@linkcode batchNormTrain}. */
export interface BatchNormResult {
  /** The normalised batch, of the shape of the input. */
  readonly y: tf.Tensor4D;
  /** Mean of each channel over the batch. It carries no gradient. */
  readonly mean: tf.Tensor1D;
  /** Population variance of each channel over the batch. It carries no gradient. */
  readonly variance: tf.Tensor1D;
}

/** Kernel that backends may register: inputs x, gamma, beta; outputs y, mean, variance. */
export const BATCH_NORM_TRAIN = "BatchNormTrain";

/** Attributes of {@linkcode BATCH_NORM_TRAIN}. */
export interface BatchNormTrainAttributes {
  /** Added to the variance. */
  readonly epsilon: number;
  /** Whether a ReLU follows. */
  readonly relu: boolean;
}

/**
 * Batch normalisation with the statistics of the batch itself, as in training, and its gradient in closed form:
 * y = gamma · x̂ + beta with x̂ = (x - mean) / √(variance + epsilon), over batch, height and width. With m elements a
 * channel,
 *
 *     dbeta = Σ dy,   dgamma = Σ dy · x̂,   dx = gamma / √(variance + epsilon) · (dy - dbeta / m - x̂ · dgamma / m).
 *
 * Ioffe & Szegedy (2015), https://arxiv.org/abs/1502.03167.
 *
 * @param x batch × height × width × channels
 * @param gamma scale of each channel
 * @param beta shift of each channel
 * @param epsilon added to the variance
 * @param options `relu`: apply a ReLU to y in the same pass
 */
export function batchNormTrain(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
  options: { relu?: boolean } = {},
): BatchNormResult {
  const { relu = false } = options;
  if (tf.getKernel(BATCH_NORM_TRAIN, tf.getBackend()) !== undefined) {
    const attributes = { epsilon, relu };
    const [y, mean, variance] = tf.engine().runKernel(
      BATCH_NORM_TRAIN,
      { x, gamma, beta },
      attributes,
    ) as unknown as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
    return { y, mean, variance };
  }
  return compose(x, gamma, beta, epsilon, relu);
}

/** The same from operations that every backend has. */
function compose(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
  relu: boolean,
): BatchNormResult {
  // As one operation, so that the tape keeps none of the temporaries of the moments.
  const statistics = tf.customGrad((input) => {
    const { mean, variance } = tf.moments(input as tf.Tensor, [0, 1, 2]);
    return { value: tf.stack([mean, variance]), gradFunc: () => tf.zerosLike(input as tf.Tensor) };
  })(x);
  const [mean, variance] = tf.unstack(statistics) as [tf.Tensor1D, tf.Tensor1D];
  const normalize = tf.customGrad((...parameters) => {
    const [input, scale, shift, save] = parameters as unknown as [
      tf.Tensor4D,
      tf.Tensor1D,
      tf.Tensor1D,
      tf.GradSaveFunc,
    ];
    const normalized = tf.batchNorm(input, mean, variance, shift, scale, epsilon);
    const value = relu ? tf.relu(normalized) : normalized;
    save(relu ? [input, scale, mean, variance, value] : [input, scale, mean, variance]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [input, scale, mean, variance, value] = saved;
        const gated = value === undefined ? dy : tf.mul(dy, tf.step(value));
        const inverse = tf.rsqrt(tf.add(variance, epsilon));
        const count = input.size / scale.size;
        const normal = tf.mul(tf.sub(input, mean), inverse);
        const dbeta = tf.sum(gated, [0, 1, 2]);
        const dgamma = tf.sum(tf.mul(gated, normal), [0, 1, 2]);
        const rest = tf.add(tf.div(dbeta, count), tf.mul(normal, tf.div(dgamma, count)));
        return [tf.mul(tf.sub(gated, rest), tf.mul(scale, inverse)), dgamma, dbeta];
      },
    };
  });
  return { y: normalize(x, gamma, beta) as tf.Tensor4D, mean, variance };
}

/** One step of a batch norm's running statistics. All tensors have one value a channel. */
export interface RunningStatisticsStep {
  /** Mean of the batch. */
  readonly mean: tf.Tensor;
  /** Population variance of the batch. */
  readonly variance: tf.Tensor;
  /** Values a channel that they were taken over. */
  readonly count: number;
  /** Moved towards the mean. */
  readonly runningMean: tf.Variable;
  /** Moved towards the sample variance. */
  readonly runningVariance: tf.Variable;
  /** Share that the running statistics keep. */
  readonly momentum: number;
}

/**
 * running ← momentum · running + (1 − momentum) · batch, the variance taken as the sample variance (n / (n − 1) times the
 * population's), as in Keras' fused batch norm and in PyTorch: a stage that sees one pixel an image would otherwise
 * learn too small a variance. A single value has no sample variance and leaves the running one as it is.
 */
export function updateRunningStatistics(step: RunningStatisticsStep): void {
  const { mean, variance, count, runningMean, runningVariance, momentum } = step;
  tf.tidy(() => {
    runningMean.assign(runningMean.mul(momentum).add(mean.mul(1 - momentum)));
    if (count < 2) return;
    const sample = count / (count - 1);
    runningVariance.assign(runningVariance.mul(momentum).add(variance.mul((1 - momentum) * sample)));
  });
}
