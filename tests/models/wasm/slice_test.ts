import assert from "node:assert/strict";
import { tf } from "../../../models/tfjs.ts";
import { withBackend } from "../with_backend.ts";

Deno.test("slice on wasm equals the cpu backend over axes, ends, ranks and kinds of numbers", async () => {
  const cuts: [shape: number[], begin: number[], size: number[]][] = [
    [[7], [2], [3]],
    [[7], [0], [7]],
    [[4, 5], [1, 0], [2, 5]],
    [[4, 5], [0, 3], [4, -1]],
    [[4, 5], [1, 1], [2, 2]],
    [[2, 6, 3], [0, 2, 0], [2, 3, 3]],
    [[2, 6, 3], [1, 0, 0], [1, -1, -1]],
    [[2, 6, 3], [0, 6, 0], [2, 0, 3]],
    [[3, 4, 2, 5], [0, 0, 0, 2], [3, 4, 2, 1]],
    [[3, 4, 2, 5], [0, 1, 0, 0], [3, 2, 2, 5]],
    [[3, 4, 2, 5], [1, 1, 1, 1], [1, 2, 1, 3]],
  ];
  for (const dtype of ["float32", "int32", "bool"] as const) {
    for (const [shape, begin, size] of cuts) {
      const cut = () => {
        const values = tf.range(0, tf.util.sizeFromShape(shape)).reshape(shape);
        const x = dtype === "bool" ? tf.equal(values.mod(3), 0) : values.cast(dtype);
        const y = tf.slice(x, begin, size);
        return [y, tf.tensor1d([...y.shape, x.dtype === y.dtype ? 1 : 0])];
      };
      assert.deepEqual(
        await withBackend("wasm", cut),
        await withBackend("cpu", cut),
        `${dtype}, ${begin}, ${size}`,
      );
    }
  }
});

Deno.test("slice on wasm refuses what lies outside", async () => {
  await withBackend("wasm", () => {
    assert.throws(() => tf.slice(tf.zeros([4, 5]), [3, 0], [2, 5]));
    return [];
  });
});
