import { batchNormTrain } from "./batch_norm.ts";
import { parameter, type Parameters, type ParameterSpec } from "./parameters.ts";
import type { tf } from "./tfjs.ts";
import { updateRunningStatistics } from "./running_statistics.ts";

/** Added to the variance of every batch norm: Keras' value for its ResNets, which its weights were trained with. */
export const BATCH_NORM_EPSILON = 1.001e-5;

/** A convolution with bias, its batch norm and, where `relu`, the rectifier: what a ResNet is built of. */
export interface ConvUnit {
  /** Prefix of its parameters' names: `conv2_block1_1` for `conv2_block1_1_conv/kernel`, `conv2_block1_1_bn/gamma`, … */
  readonly name: string;
  /** Side of the square kernel, odd. The picture is padded by (side − 1) / 2 zeros on all sides. */
  readonly side: number;
  readonly stride: number;
  /** Channels in. */
  readonly inputs: number;
  /** Channels out. */
  readonly outputs: number;
  /** Whether negative results become 0. */
  readonly relu: boolean;
  /** γ of the batch norm before training. */
  readonly initialGamma: 0 | 1;
}

/** Zeros around the picture on each side. */
export function padding(unit: ConvUnit): number {
  return (unit.side - 1) / 2;
}

/**
 * The parameters of a unit. The kernel is drawn evenly with variance 2 / fan-in (He et al. 2015, eq. 10,
 * doi:10.1109/ICCV.2015.123): a uniform distribution of that variance has the bound √(6 / fan-in).
 */
export function convUnitSpecs(unit: ConvUnit): [string, ParameterSpec][] {
  const { name, side, inputs, outputs, initialGamma } = unit;
  const perChannel = (constant: number, trainable: boolean): ParameterSpec => ({
    shape: [outputs],
    initial: { constant },
    trainable,
  });
  return [
    [`${name}_conv/kernel`, {
      shape: [side, side, inputs, outputs],
      initial: { bound: Math.sqrt(6 / (side * side * inputs)) },
      trainable: true,
    }],
    // The batch norm subtracts whatever the bias adds: training would never move it. Keras' weights have one nonetheless.
    [`${name}_conv/bias`, perChannel(0, false)],
    [`${name}_bn/gamma`, perChannel(initialGamma, true)],
    [`${name}_bn/beta`, perChannel(0, true)],
    [`${name}_bn/moving_mean`, perChannel(0, false)],
    [`${name}_bn/moving_variance`, perChannel(1, false)],
  ];
}

/** What {@linkcode trainConvUnit} needs besides its input. */
export interface TrainConvUnitOptions {
  readonly parameters: Parameters;
  /** Share of the running statistics that one step keeps. */
  readonly momentum: number;
}

/**
 * One unit as training sees it: normalised by the statistics of the batch, which move the running ones.
 * The bias is left out, since the batch's mean takes it away again; the running mean includes it.
 */
export function trainConvUnit(
  x: tf.Tensor4D,
  unit: ConvUnit,
  { parameters, momentum }: TrainConvUnitOptions,
): tf.Tensor4D {
  const kernel = parameter<tf.Rank.R4>(parameters, `${unit.name}_conv/kernel`);
  const gamma = parameter<tf.Rank.R1>(parameters, `${unit.name}_bn/gamma`);
  const beta = parameter<tf.Rank.R1>(parameters, `${unit.name}_bn/beta`);
  const convolved = x.conv2d<tf.Tensor4D>(kernel, unit.stride, padding(unit));
  const { y, mean, variance } = batchNormTrain(convolved, gamma, beta, BATCH_NORM_EPSILON, {
    relu: unit.relu,
  });
  updateRunningStatistics({
    mean: mean.add(parameter(parameters, `${unit.name}_conv/bias`)),
    variance,
    count: convolved.size / unit.outputs,
    runningMean: parameter(parameters, `${unit.name}_bn/moving_mean`),
    runningVariance: parameter(parameters, `${unit.name}_bn/moving_variance`),
    momentum,
  });
  return y;
}
