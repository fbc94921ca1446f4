import assert from "node:assert/strict";
import { tf } from "../../../models/tfjs.ts";
import { withBackend } from "../with_backend.ts";

Deno.test("concat on wasm equals the cpu backend over axes, lengths, numbers of inputs and kinds of numbers", async () => {
  const joints: [shapes: number[][], axis: number][] = [
    [[[3], [5]], 0],
    [[[4, 5]], 1],
    [[[1, 5], [3, 5], [2, 5]], 0],
    [[[2, 1], [2, 3], [2, 0], [2, 9]], 1],
    [[[2, 0], [2, 0]], 1],
    [[[2, 3, 4], [2, 1, 4]], 1],
    [[[1, 2, 3, 1], [1, 2, 3, 1], [1, 2, 3, 1], [1, 2, 3, 1], [1, 2, 3, 1]], 3],
    [[[2, 3, 2, 16], [2, 3, 2, 7]], -1],
    // Pieces of more than 256 bytes.
    [[[3, 67], [3, 70]], 1],
  ];
  for (const dtype of ["float32", "int32"] as const) {
    for (const [shapes, axis] of joints) {
      const joinAll = () => {
        const parts = shapes.map((shape, i) =>
          tf.range(100 * i, 100 * i + tf.util.sizeFromShape(shape)).reshape(shape).cast(dtype)
        );
        const y = tf.concat(parts, axis);
        return [y, tf.tensor1d([...y.shape, y.dtype === dtype ? 1 : 0])];
      };
      assert.deepEqual(
        await withBackend("wasm", joinAll),
        await withBackend("cpu", joinAll),
        `${dtype}, ${JSON.stringify(shapes)} along ${axis}`,
      );
    }
  }
});

Deno.test("concat on wasm refuses inputs that differ elsewhere", async () => {
  await withBackend("wasm", () => {
    assert.throws(() => tf.concat([tf.zeros([4, 5]), tf.zeros([3, 5])], 1));
    return [];
  });
});
