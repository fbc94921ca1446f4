import assert from "node:assert/strict";
import { decode, encode } from "npm:@thi.ng/rle-pack@3.2.12";
import { crackInstances } from "../../../core/annotations/annotated_photo.ts";
import type { Bitmap } from "../../../core/annotations/bitmap.ts";
import { decodeCocoRle, encodeCocoRle, packRuns } from "../../../core/annotations/coco_rle.ts";
import { packBrush, unpackBrush } from "../../../core/annotations/label_studio_rle.ts";
import { columnRuns } from "../../../core/annotations/runs.ts";
import { SIZES } from "../testing.ts";
import { randomMask } from "./annotation_fixtures.ts";

/** Random masks of all sizes and shares, none and all among them. */
function* masks(): Generator<Bitmap> {
  let seed = 0;
  for (const [width, height] of SIZES) {
    for (const share of [0, 0.02, 0.5, 0.98, 1]) yield randomMask(width, height, share, ++seed);
  }
}

Deno.test("COCO's text is that of the reference, maskApi.c", () => {
  assert.equal(packRuns([0, 6, 1, 1]), "061K");
  assert.equal(packRuns([0, 1024]), "0PP1");
  const mask = { width: 1, height: 8, data: Uint8Array.of(1, 1, 1, 1, 1, 1, 0, 1) };
  assert.deepEqual(encodeCocoRle(mask), { size: [8, 1], counts: "061K" });
  assert.deepEqual(
    encodeCocoRle({ width: 32, height: 32, data: new Uint8Array(1024).fill(1) }).counts,
    "0PP1",
  );
  // Written by rleEncode() and rleToString() of the C code itself.
  const written = [
    [7, 5, 0.01, 1008, "=1`00D"],
    [7, 5, 0.1, 1009, "`0190O"],
    [13, 11, 0.1, 1015, ":1d00E0J040L05070F03020I031<OA"],
    [13, 11, 0.5, 1016, "021O02012M01N10N0013ON0O122N30K1O02ON10O020N00010O22N03ONO30O2N00N21NO4"],
  ] as const;
  for (const [width, height, share, seed, counts] of written) {
    assert.equal(encodeCocoRle(randomMask(width, height, share, seed)).counts, counts);
  }
});

Deno.test("COCO's text gives the mask back, from the whole mask and from its least box", () => {
  for (const mask of masks()) {
    const rle = encodeCocoRle(mask);
    const message = `${mask.width} × ${mask.height}`;
    assert.deepEqual(decodeCocoRle(rle), mask, message);
    for (const crack of crackInstances(mask, { instances: "photo" })) {
      assert.equal(packRuns(columnRuns(crack, mask)), rle.counts, message);
    }
  }
});

Deno.test("COCO's runs that do not fit are refused", () => {
  assert.throws(
    () => decodeCocoRle({ size: [2, 2], counts: [1, 2] }),
    /cover 3 pixels where 2 × 2 are wanted\.$/,
  );
  assert.throws(() => decodeCocoRle({ size: [2, 2], counts: [5, -1] }), /^SyntaxError: Cannot .+\.$/);
  assert.throws(
    () => decodeCocoRle({ size: [2, 2], counts: "0é" }),
    /none of COCO's run lengths at letter 2 of 2\.$/,
  );
  assert.throws(() => decodeCocoRle({ size: [2, 2], counts: "PPPPPPPPPP" }), /^SyntaxError: Cannot .+\.$/);
});

Deno.test("Label Studio's bytes are those of its codec, which reads them", () => {
  // More than 65,536 equal values in a row, and exactly as many, take two runs.
  const long = [[128, 128], [200, 200], [16384, 1], [16385, 2]].map(([width, height]) => {
    const data = new Uint8Array(width * height);
    data[width * height - 1] = 1;
    return { width, height, data };
  });
  for (const mask of [...masks(), ...long]) {
    const message = `${mask.width} × ${mask.height}`;
    const values = Uint8Array.from({ length: 4 * mask.data.length }, (_, i) => 255 * mask.data[i >> 2]);
    const bytes = packBrush({ x: 0, y: 0, ...mask }, mask);
    assert.deepEqual(decode(bytes), values, message);
    assert.deepEqual(bytes, encode(values, values.length), message);
    assert.deepEqual(unpackBrush(bytes, mask), mask.data, message);
  }
});

Deno.test("Label Studio's bytes with runs of single values are read, and damaged ones refused", () => {
  const mask = randomMask(7, 5, 0.5, 3);
  // Its editor keeps colours: only the opacity says what was painted.
  const values = Uint8Array.from({ length: 4 * 35 }, (_, i) => i % 4 === 3 ? 200 * mask.data[i >> 2] : i);
  const bytes = encode(values, values.length);
  assert.deepEqual(unpackBrush(bytes, mask), mask.data);
  assert.throws(() => unpackBrush(bytes.subarray(0, 30), mask), /its 30 bytes end before it does\.$/);
  assert.throws(
    () => unpackBrush(bytes, { width: 5, height: 5 }),
    /holds 140 values where 5 × 5 × 4 are wanted\.$/,
  );
});
