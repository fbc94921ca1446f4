/** A tensor of a file that another library wrote. */
export interface ForeignTensor {
  /** Sizes of its axes, outermost first. */
  readonly shape: readonly number[];
  /** Its values, row-major. Read or copied anew at each access, so that what is not asked for takes no memory. */
  readonly data: Float32Array;
}

/** The weights of a file of another library. */
export interface ForeignWeights extends Disposable {
  /** What kind of file it is, for messages: `Keras .h5 file`. */
  readonly kind: string;
  /**
   * Tensors by name. Those of Keras are called `conv1_conv/kernel`: layer and role, whatever else their file puts around; those of others
   * as in the file.
   */
  readonly tensors: ReadonlyMap<string, ForeignTensor>;
}

/**
 * Layer and role of one of Keras' weights. `conv1_conv/kernel:0` and, in a nested model, `resnet50/conv1_conv/kernel:0` name their layer;
 * the oldest files have `block1_conv1_W_1:0` and leave it to the group.
 */
export function kerasName(weight: string, layer?: string): string {
  const parts = weight.replace(/:\d+$/, "").split("/");
  const role = parts.pop()!;
  const old = role.match(/_([Wb])(_\d+)?$/)?.[1];
  const owner = parts.pop() ?? layer;
  if (owner === undefined) return role;
  return `${owner}/${old === "W" ? "kernel" : old === "b" ? "bias" : role}`;
}
