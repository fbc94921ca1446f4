import assert from "node:assert/strict";
import { widenUnsureCracks } from "../../../../core/label/hairline/unsure_cracks.ts";
import { CONTENTS, SIZES, testImage } from "../../testing.ts";

const THRESHOLD = 0.5, SHARE = 0.3;

interface Case {
  readonly width: number;
  readonly height: number;
  readonly confidence: Float32Array;
  readonly mask?: Uint8Array;
}

const above = (confidence: Float32Array): Uint8Array =>
  Uint8Array.from(confidence, (c) => Number(c > THRESHOLD));

function widened({ confidence, mask = above(confidence), ...size }: Case): Uint8Array {
  return widenUnsureCracks({ ...size, confidence, mask, threshold: THRESHOLD, share: SHARE });
}

/** The formula, the pieces growing from the mask pixel by pixel until nothing is added. */
function oracle({ width, confidence, mask = above(confidence) }: Case): Uint8Array {
  const marked = [...confidence].filter((c, i) => mask[i] === 1 && c > THRESHOLD);
  if (marked.length === 0) return mask;
  const mean = marked.reduce((sum, c) => sum + c) / marked.length;
  const lower = THRESHOLD *
    Math.min(1, Math.max(SHARE, SHARE + (1 - SHARE) * (mean - 0.7) / (0.85 - 0.7)));
  const touches = (set: Uint8Array, i: number): boolean =>
    [-1, 0, 1].some((dx) =>
      i % width + dx >= 0 && i % width + dx < width && [-1, 0, 1].some((dy) => set[i + dx + dy * width] === 1)
    );
  let found = mask;
  while (true) {
    const next = found.map((value, i) => Number(value === 1 || (confidence[i] > lower && touches(found, i))));
    if (next.every((value, i) => value === found[i])) return found;
    found = next;
  }
}

Deno.test("widenUnsureCracks() equals its formula at all sizes and contents, saturated and flat ones included", () => {
  let widest = 0;
  for (const [width, height] of SIZES) {
    for (const content of CONTENTS) {
      const { data } = testImage(width, height, 1, content);
      const confidence = Float32Array.from(data, (value) => value / 255);
      const found = widened({ width, height, confidence });
      assert.deepEqual(found, oracle({ width, height, confidence }), `${width} × ${height}, ${content}`);
      widest = Math.max(widest, found.filter((value, i) => value > above(confidence)[i]).length);
    }
  }
  assert.ok(widest > 0, "no case widens anything");
});

Deno.test("widenUnsureCracks() widens a crack by how unsure the network is of it, and nothing that does not hang together with it", () => {
  const across = (sure: number) => Float32Array.of(0.1, 0.2, 0.3, 0.4, sure, 0.4, 0.3, 0.2, 0.1, 0.45);
  const marked = (sure: number) => [...widened({ width: 10, height: 1, confidence: across(sure) })].join("");
  assert.equal(marked(0.9), "0000100000");
  // 0.5 · (0.3 + 0.7 · 0.5) = 0.325
  assert.equal(marked(0.775), "0001110000");
  assert.equal(marked(0.6), "0111111100", "down to 0.15");
});

Deno.test("widenUnsureCracks() leaves a photo without crack as it is", () => {
  const confidence = new Float32Array(9).fill(0.45);
  assert.deepEqual(widened({ width: 3, height: 3, confidence }), new Uint8Array(9));
});
