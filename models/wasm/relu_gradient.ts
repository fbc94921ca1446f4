import { tf } from "../tfjs.ts";
import type { WasmHeap } from "./heap.ts";

/** Kernel of the gradient of ReLU and ReLU6: dy where 0 < x ≤ upper, else 0. */
const RELU_GRADIENT = "ReluGradient";

/** The gradients of ReLU and ReLU6 in one pass. ReLU saves its output, which the next layer keeps anyway, not its input. */
export function registerReluGradient(heap: WasmHeap): void {
  tf.registerKernel({
    kernelName: RELU_GRADIENT,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) => {
      const [dy, x] = [inputs.dy!, inputs.x!];
      const { upper } = attrs as unknown as { upper: number };
      const dx = heap.output(x.shape);
      const count = tf.util.sizeFromShape(x.shape);
      heap.kernels.gateGradients(heap.address(dy), heap.address(x), count, 0, upper, heap.address(dx));
      return dx;
    },
  });
  const reluGradient = (dy: tf.Tensor, x: tf.Tensor, upper: number): tf.Tensor => {
    if (tf.getKernel(RELU_GRADIENT, tf.getBackend()) !== undefined) {
      return tf.engine().runKernel(RELU_GRADIENT, { dy, x }, { upper }) as tf.Tensor;
    }
    const open = tf.step(x);
    return tf.mul(dy, upper === Infinity ? open : tf.mul(open, tf.lessEqual(x, upper).cast("float32")));
  };
  for (const kernelName of ["Relu", "Relu6"]) tf.unregisterGradient(kernelName);
  tf.registerGradient({
    kernelName: "Relu",
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({ x: () => reluGradient(dy as tf.Tensor, y, Infinity) }),
  });
  tf.registerGradient({
    kernelName: "Relu6",
    inputsToSave: ["x"],
    gradFunc: (dy, [x]) => ({ x: () => reluGradient(dy as tf.Tensor, x, 6) }),
  });
}
