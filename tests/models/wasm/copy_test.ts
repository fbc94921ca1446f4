import assert from "node:assert/strict";
import { tf } from "../../../models/tfjs.ts";
import { openWasmBackend } from "../../../models/wasm/wasm_backend.ts";
import { withBackend } from "../testing.ts";

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

Deno.test("split on wasm equals the cpu backend over axes, pieces and kinds of numbers", async () => {
  const cuts: [shape: number[], pieces: number | number[], axis: number][] = [
    [[6], 3, 0],
    [[7], [2, 5], 0],
    [[4, 5], [1, 0, 4], 1],
    [[2, 6, 3], [1, 2, -1], 1],
    [[2, 3, 2, 23], [16, 7], 3],
    [[1, 1, 1, 4], 4, -1],
    [[3, 137], [67, 70], 1],
  ];
  for (const dtype of ["float32", "int32"] as const) {
    for (const [shape, pieces, axis] of cuts) {
      const cut = () =>
        tf.split(tf.range(0, tf.util.sizeFromShape(shape)).reshape(shape).cast(dtype), pieces, axis);
      assert.deepEqual(
        await withBackend("wasm", cut),
        await withBackend("cpu", cut),
        `${dtype}, ${shape} into ${pieces} along ${axis}`,
      );
    }
  }
});

Deno.test("slice on wasm equals the cpu backend over one, two and more axes", async () => {
  const cuts: [shape: number[], begin: number[], size: number[]][] = [
    [[7], [2], [3]],
    [[4, 5], [1, 0], [2, 5]],
    [[4, 5], [1, 2], [3, 2]],
    [[1, 6, 7, 3], [0, 2, 1, 0], [1, 3, 5, 3]],
    [[3, 6, 7, 2], [0, 1, 0, 1], [3, 4, 7, 1]],
    [[3, 6, 7, 2], [1, 0, 2, 0], [2, 6, 3, 2]],
    [[3, 6, 7, 2], [1, 2, 3, 0], [1, 3, 3, 2]],
    [[2, 5, 9, 16], [0, 0, 0, 0], [2, 4, 8, 16]],
    [[2, 3], [0, 1], [2, 0]],
  ];
  for (const dtype of ["float32", "int32"] as const) {
    for (const [shape, begin, size] of cuts) {
      const cut = () => {
        const y = tf.range(0, tf.util.sizeFromShape(shape)).reshape(shape).cast(dtype).slice(begin, size);
        return [y, tf.tensor1d(y.shape)];
      };
      assert.deepEqual(
        await withBackend("wasm", cut),
        await withBackend("cpu", cut),
        `${dtype}, ${size} from ${begin} on of ${shape}`,
      );
    }
  }
});

Deno.test("a clone on wasm takes no memory, and has its values as long as it is kept", async () => {
  const heap = await openWasmBackend();
  // As large as half of the memory that there is: a second one would make it grow.
  const x = tf.range(0, heap.bytes / 8);
  const before = heap.bytes;
  const [first, second] = [x.clone(), x.clone()];
  assert.equal(heap.bytes, before);
  assert.notEqual(first.id, x.id);
  tf.dispose([x, second]);
  assert.deepEqual(first.slice(3, 2).arraySync(), [3, 4]);
  const variable = tf.variable(first);
  first.dispose();
  variable.assign(variable.mul(2));
  assert.deepEqual(variable.slice(3, 2).arraySync(), [6, 8]);
  variable.dispose();
  assert.deepEqual(tf.tidy(() => tf.tensor(["a", "b"]).clone().arraySync()), ["a", "b"]);
});

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
