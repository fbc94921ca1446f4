import assert from "node:assert/strict";
import { unsureThreshold, widenUnsureCracks } from "../../../../core/label/hairline/unsure_cracks.ts";
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
  const lower = unsureThreshold({ confidence, mask, threshold: THRESHOLD, share: SHARE });
  return widenUnsureCracks({ ...size, confidence, mask, lower });
}

/** The formula, the pieces growing from the mask pixel by pixel. */
function oracle({ width, confidence, mask = above(confidence) }: Case): Uint8Array {
  const marked = [...confidence].filter((c, i) => mask[i] === 1 && c > THRESHOLD);
  if (marked.length === 0) return mask;
  const mean = marked.reduce((sum, c) => sum + c) / marked.length;
  const lower = THRESHOLD *
    Math.min(1, Math.max(SHARE, SHARE + (1 - SHARE) * (mean - 0.7) / (0.85 - 0.7)));
  const found = Uint8Array.from(mask), rim = [...mask.keys()].filter((i) => mask[i] === 1);
  for (const i of rim) {
    for (const [dx, dy] of [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dx, dy]))) {
      const x = i % width + dx, at = i + dx + dy * width;
      if (x < 0 || x >= width || found[at] !== 0 || !(confidence[at] > lower)) continue;
      found[at] = 1;
      rim.push(at);
    }
  }
  return found;
}

Deno.test("widenUnsureCracks() equals its formula at all sizes and contents, saturated and flat ones included", () => {
  let widest = 0;
  for (const [width, height] of SIZES) {
    for (const content of CONTENTS) {
      const { data } = testImage(width, height, 1, content);
      const confidence = Float32Array.from(data, (value) => value / 255);
      const found = widened({ width, height, confidence });
      assert.deepEqual(found, oracle({ width, height, confidence }), `${width} × ${height}, ${content}`);
      const before = above(confidence);
      widest = Math.max(widest, found.filter((value, i) => value > before[i]).length);
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

Deno.test("widenUnsureCracks() brings back what hangs together with a crack, but what must not", () => {
  const confidence = Float32Array.of(0.6, 0.4, 0.8, 0.4), mask = Uint8Array.of(1, 0, 0, 0);
  const marked = (
    never?: Uint32Array[],
  ) => [
    ...widenUnsureCracks({
      width: 4,
      height: 1,
      confidence,
      mask,
      lower: 0.3,
      never,
    }),
  ];
  assert.deepEqual(marked(), [1, 1, 1, 1]);
  assert.deepEqual(marked([Uint32Array.of(2)]), [1, 1, 0, 0]);
});

Deno.test("widenUnsureCracks() leaves a photo without crack as it is", () => {
  const confidence = new Float32Array(9).fill(0.45);
  assert.deepEqual(widened({ width: 3, height: 3, confidence }), new Uint8Array(9));
});
