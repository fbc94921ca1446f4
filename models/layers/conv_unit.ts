import { batchNormTrain, updateRunningStatistics } from "./batch_norm.ts";
import { parameter, type Parameters, type ParameterSpec } from "./parameters.ts";
import type { tf } from "../tfjs.ts";

/** Added to the variance of every batch norm: Keras' value for its ResNets, which its weights were trained with. */
export const BATCH_NORM_EPSILON = 1.001e-5;

/** What follows a convolution: nothing, max(0, x), or that up to 6. */
export type Activation = "linear" | "relu" | "relu6";

/** A convolution with bias, its batch norm, if it has one, and its activation: what networks are built of. */
export interface ConvUnit {
  /** Prefix of its parameters' names: `conv2_block1_1` for `conv2_block1_1_conv/kernel`, `conv2_block1_1_bn/gamma`, … */
  readonly name: string;
  /** Whether each output sums over all inputs, or over one channel only: `depthwise`, as many outputs as inputs. */
  readonly kind: "convolution" | "depthwise";
  /** Side of the square kernel, odd. */
  readonly side: number;
  readonly stride: number;
  /** Channels in. */
  readonly inputs: number;
  /** Channels out. */
  readonly outputs: number;
  readonly activation: Activation;
  /**
   * γ of the batch norm before training. A unit with one pads the picture by (side − 1) / 2 zeros on all sides; a unit without, whose
   * batch norm was folded into its kernel, is TensorFlow's and pads as little as it can, at the right and bottom first.
   */
  readonly batchNorm?: { readonly initialGamma: 0 | 1 };
}

/** Zeros around the picture on each side, or TensorFlow's rule. */
export function padding({ side, batchNorm }: ConvUnit): number | "same" {
  return batchNorm ? (side - 1) / 2 : "same";
}

/** The name of a unit's kernel, as Keras has it. */
export function kernelName({ name, kind, batchNorm }: ConvUnit): string {
  if (kind === "depthwise") return `${name}/depthwise_kernel`;
  return batchNorm ? `${name}_conv/kernel` : `${name}/kernel`;
}

/** The name of a unit's bias. */
export function biasName({ name, batchNorm }: ConvUnit): string {
  return batchNorm ? `${name}_conv/bias` : `${name}/bias`;
}

/**
 * The parameters of a unit. The kernel is drawn evenly with variance 2 / fan-in (He et al. 2015, eq. 10,
 * doi:10.1109/ICCV.2015.123): a uniform distribution of that variance has the bound √(6 / fan-in).
 */
export function convUnitSpecs(unit: ConvUnit): [string, ParameterSpec][] {
  const { name, kind, side, inputs, outputs, batchNorm } = unit;
  const perChannel = (constant: number, trainable: boolean): ParameterSpec => ({
    shape: [outputs],
    initial: { constant },
    trainable,
  });
  const shape = kind === "depthwise" ? [side, side, inputs, 1] : [side, side, inputs, outputs];
  const fanIn = side * side * (kind === "depthwise" ? 1 : inputs);
  const specs: [string, ParameterSpec][] = [
    [kernelName(unit), { shape, initial: { bound: Math.sqrt(6 / fanIn) }, trainable: true }],
    // A batch norm subtracts whatever the bias adds: training would never move it. Keras' weights have one nonetheless.
    [biasName(unit), perChannel(0, batchNorm === undefined)],
  ];
  if (batchNorm) {
    specs.push(
      [`${name}_bn/gamma`, perChannel(batchNorm.initialGamma, true)],
      [`${name}_bn/beta`, perChannel(0, true)],
      [`${name}_bn/moving_mean`, perChannel(0, false)],
      [`${name}_bn/moving_variance`, perChannel(1, false)],
    );
  }
  return specs;
}

/** What {@linkcode trainConvUnit} needs besides its input. */
export interface TrainConvUnitOptions {
  readonly parameters: Parameters;
  /** Share of the running statistics that one step keeps. */
  readonly momentum: number;
}

/**
 * One unit as training sees it. A batch norm normalises by the statistics of the batch, which move the running ones; its bias is left
 * out, since the batch's mean takes it away again; the running mean includes it.
 */
export function trainConvUnit(
  x: tf.Tensor4D,
  unit: ConvUnit,
  { parameters, momentum }: TrainConvUnitOptions,
): tf.Tensor4D {
  const kernel = parameter<tf.Rank.R4>(parameters, kernelName(unit));
  const bias = parameter<tf.Rank.R1>(parameters, biasName(unit));
  const convolved = unit.kind === "depthwise"
    ? x.depthwiseConv2d<tf.Tensor4D>(kernel, unit.stride, padding(unit))
    : x.conv2d<tf.Tensor4D>(kernel, unit.stride, padding(unit));
  if (!unit.batchNorm) return activate(convolved.add(bias), unit.activation);
  const gamma = parameter<tf.Rank.R1>(parameters, `${unit.name}_bn/gamma`);
  const beta = parameter<tf.Rank.R1>(parameters, `${unit.name}_bn/beta`);
  const relu = unit.activation === "relu";
  const { y, mean, variance } = batchNormTrain(convolved, gamma, beta, BATCH_NORM_EPSILON, { relu });
  updateRunningStatistics({
    mean: mean.add(bias),
    variance,
    count: convolved.size / unit.outputs,
    runningMean: parameter(parameters, `${unit.name}_bn/moving_mean`),
    runningVariance: parameter(parameters, `${unit.name}_bn/moving_variance`),
    momentum,
  });
  return relu ? y : activate(y, unit.activation);
}

function activate(x: tf.Tensor4D, activation: Activation): tf.Tensor4D {
  switch (activation) {
    case "linear":
      return x;
    case "relu":
      return x.relu();
    case "relu6":
      return x.relu6();
  }
}
