import assert from "node:assert/strict";
import { confidenceBytes, mapBytes, maskBytes } from "../../../tasks/batch/map_bytes.ts";

Deno.test("confidenceBytes() rounds to 255 steps and never loses a confidence above 0", () => {
  const bytes = confidenceBytes(new Float32Array([0, 1e-30, 0.001, 1.4 / 255, 1.6 / 255, 0.5, 1, 1.0001]));
  assert.deepEqual([...bytes], [0, 1, 1, 1, 2, 128, 255, 255]);
});

Deno.test("maskBytes() and mapBytes() fill the range of a grey value", () => {
  assert.deepEqual([...maskBytes(new Uint8Array([0, 1, 1, 0]))], [0, 255, 255, 0]);
  assert.deepEqual([...mapBytes(new Float32Array([0, 0.25, 1, -1, 2]), [0, 1])], [0, 64, 255, 0, 255]);
  assert.deepEqual([...mapBytes(new Float32Array([0, 64.4, 255]), [0, 255])], [0, 64, 255]);
});
