import { tf } from "../tfjs.ts";

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
