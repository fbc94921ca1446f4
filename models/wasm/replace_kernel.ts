import { tf } from "../tfjs.ts";

/** Arguments of a kernel, as tfjs hands them over. */
export type KernelArguments = Parameters<tf.KernelFunc>[0];

type Padding = Parameters<typeof tf.backend_util.computeConv2DInfo>[4];

/** Attributes of the kernels that Hairline replaces: each has those that its operation needs. */
export interface KernelAttributes {
  readonly strides: number | [number, number];
  readonly pad: Padding;
  readonly dilations?: number | [number, number];
  readonly dataFormat: "NHWC" | "NCHW";
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
  readonly filterShape: number[];
  readonly inputShape: number[];
  readonly filterSize: number | [number, number];
  readonly activation: string;
  readonly axis: number | number[];
  readonly keepDims: boolean;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** A kernel that may leave arguments to the one that it replaces. */
export type Replacement = (args: KernelArguments, original: tf.KernelFunc) => tf.TensorInfo | tf.TensorInfo[];

/** Registers a kernel of the WASM backend in place of the one that there may be. */
export function replaceKernel(kernelName: string, replacement: Replacement): void {
  const original = tf.getKernel(kernelName, "wasm") as tf.KernelConfig | undefined;
  if (original !== undefined) tf.unregisterKernel(kernelName, "wasm");
  const none: tf.KernelFunc = () => {
    throw new Error(`Cannot run ${kernelName}: the WASM backend has no kernel for these arguments.`);
  };
  const kernelFunc: tf.KernelFunc = (args) => replacement(args, original?.kernelFunc ?? none);
  // The original's set-up has run: the backend is ready.
  tf.registerKernel({ kernelName, backendName: "wasm", kernelFunc });
}
