import assert from "node:assert/strict";
import { openBackend } from "../../../models/backend.ts";
import { loadSegmenter } from "../../../models/segmenter/checkpoint.ts";
import { formerSegmenter } from "../../../models/weights/former_segmenters.ts";
import { hashParameters, networkDifference, networkRecord } from "../../../tasks/batch/network_record.ts";
import { FORMER, SHIPPED } from "../../../tasks/segmenter/read_segmenter.ts";

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

Deno.test("networkDifference() calls networks that shipped before by the names that they have since", async () => {
  await openBackend({ backend: "cpu" });
  const now = { name: "unet_mobilenet", source: SHIPPED, sha256: "0123456789abcdef" };
  for (const { name } of FORMER) {
    using segmenter = await loadSegmenter(formerSegmenter(name));
    const before = await networkRecord(segmenter, SHIPPED);
    assert.deepEqual(networkDifference("segmenter", before, now), {
      was: `the segmenter unet × 0.25 (${name})`,
      is: "unet_mobilenet (01234567)",
    });
    assert.equal(networkDifference("segmenter", before, { ...before, source: name }), undefined);
  }
  assert.deepEqual(networkDifference("classifier", undefined, now), {
    was: "the classifier none",
    is: "unet_mobilenet (01234567)",
  });
});
