import type { Compute, Plane } from "../core/gpu/compute.ts";
import { tf } from "./tfjs.ts";

/** The values of a plane on the shared device as a tensor, without a copy: the plane must outlive it. */
export function planeTensor(plane: Plane, shape: [number, number, number, number]): tf.Tensor4D {
  return tf.tensor({ buffer: plane.share(), zeroCopy: true }, shape, "float32");
}

/** A tensor on the shared device as a plane, once what computes it is submitted; frees it. */
export function adoptTensor(
  compute: Compute,
  tensor: tf.Tensor,
  shape: { readonly width: number; readonly height: number; readonly channels: number },
): Plane {
  const { buffer, tensorRef } = tensor.dataToGPU();
  tensor.dispose();
  if (buffer === undefined) {
    throw new Error("Cannot hand a tensor to a kernel: the WebGPU backend gave no buffer for it.");
  }
  return compute.adopt(buffer, shape, () => tensorRef.dispose());
}

/** A tensor's values; frees it. */
export async function takeData(tensor: tf.Tensor): Promise<Float32Array> {
  const values = await tensor.data<"float32">();
  tensor.dispose();
  return values;
}
