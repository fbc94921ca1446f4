import assert from "node:assert/strict";
import { hashParameters } from "../../../tasks/batch/network_record.ts";

function parameter(shape: number[], values: number[]) {
  return { shape, data: () => Promise.resolve(new Float32Array(values)) };
}

Deno.test("hashParameters() is the SHA-256 of names, shapes and values", async () => {
  const hash = await hashParameters(new Map([["w", parameter([1, 2], [1, 2])]]));
  const bytes = [...new TextEncoder().encode("w 1×2\n"), 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40];
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(bytes));
  assert.equal(hash, new Uint8Array(digest).toHex());
});

Deno.test("hashParameters() distinguishes a name, a shape and a value", async () => {
  const hashes = await Promise.all([
    new Map([["w", parameter([2], [1, 2])]]),
    new Map([["v", parameter([2], [1, 2])]]),
    new Map([["w", parameter([1, 2], [1, 2])]]),
    new Map([["w", parameter([2], [1, 2.0000002])]]),
    new Map([["w", parameter([2], [1, 2])], ["b", parameter([1], [0])]]),
  ].map(hashParameters));
  assert.equal(new Set(hashes).size, hashes.length);
});
