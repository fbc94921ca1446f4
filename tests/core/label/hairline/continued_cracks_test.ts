import assert from "node:assert/strict";
import { continueCracks } from "../../../../core/label/hairline/continued_cracks.ts";
import { discDilationOracle } from "../../../oracles/disc_dilation.ts";
import { CONTENTS, SIZES, testImage } from "../../testing.ts";

const LOWER = 0.25, THRESHOLD = 0.5;

interface Case {
  readonly width: number;
  readonly height: number;
  readonly confidence: Float32Array;
  readonly mask?: Uint8Array;
  readonly scale?: number;
}

const above = (confidence: Float32Array): Uint8Array =>
  Uint8Array.from(confidence, (c) => Number(c > THRESHOLD));

function continued(
  { confidence, mask = above(confidence), scale = 1, ...size }: Case,
): Uint8Array {
  return continueCracks({ ...size, confidence, mask, scale, threshold: THRESHOLD, lower: LOWER });
}

/** The formula, set by set. */
function oracle({ width, height, confidence, mask = above(confidence), scale = 1 }: Case): Uint8Array {
  type Pixels = ArrayLike<number>;
  const where = (holds: (i: number) => boolean): Uint8Array =>
    Uint8Array.from(confidence, (_, i) => Number(holds(i)));
  const dilated = (set: Pixels, radius: number): Float32Array =>
    discDilationOracle(
      { width, height, channels: 1, data: Float32Array.from(set) },
      Math.round(radius / scale),
    );
  const touches = (set: Pixels, i: number): boolean =>
    [-1, 0, 1].some((dx) =>
      i % width + dx >= 0 && i % width + dx < width && [-1, 0, 1].some((dy) => set[i + dx + dy * width] === 1)
    );
  /** Pieces with a pixel of the mask: they grow from it, pixel by pixel, until nothing is added. */
  const pieces = (set: Pixels): Uint8Array => {
    let found = mask;
    while (true) {
      const next = where((i) => found[i] === 1 || (set[i] === 1 && touches(found, i)));
      if (same(next, found)) return found;
      found = next;
    }
  };
  const possible = pieces(
    where((i) => confidence[i] > LOWER),
  );
  const eroded = dilated(where((i) => possible[i] === 0), 3).map((value) => 1 - value);
  const opened = dilated(eroded, 3);
  const thin = where((i) => possible[i] === 1 && opened[i] === 0 && confidence[i] <= THRESHOLD);
  const nearMask = dilated(mask, 2);
  const nearAhead = dilated(where((i) => thin[i] === 1 && nearMask[i] === 0), 2);
  return pieces(where((i) => mask[i] === 1 || (thin[i] === 1 && nearAhead[i] === 1)));
}

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

Deno.test("continueCracks() equals the formula at any size, for any content", () => {
  let more = 0;
  // The oracle looks at all pixels round each.
  for (const [width, height] of SIZES.slice(0, 5)) {
    for (const content of CONTENTS) {
      // Dark is crack, so that the line of "crack" is one; its two halves are of different certainty.
      const confidence = Float32Array.from(
        testImage(width, height, 1, content).data,
        (
          value,
          i,
        ) => (content === "random" ? value / 600 + 0.1 : (1 - value / 255) * (i % 3 === 0 ? 0.45 : 0.75)),
      );
      for (const scale of [1, 0.5]) {
        const found = continued({ width, height, confidence, scale });
        assert.ok(
          same(found, oracle({ width, height, confidence, scale })),
          `${width} × ${height} ${content} ${scale}`,
        );
        more += Number(!same(found, above(confidence)));
      }
    }
  }
  assert.ok(more > 0, "some go on");
});

/** A line of this half width along a row, of which the pixels of some columns are less sure. */
function line(half: number, doubtful: (x: number) => boolean, doubt = 0.3): Case {
  const width = 90, height = 41, confidence = new Float32Array(width * height);
  for (let y = 20 - half; y <= 20 + half; y++) {
    for (let x = 5; x < 85; x++) confidence[y * width + x] = doubtful(x) ? doubt : 0.8;
  }
  return { width, height, confidence };
}

const GAP = (x: number): boolean => x > 40 && x < 60;

Deno.test("continueCracks() closes the gap of a thin crack, and lets its end go on", () => {
  const gap = line(1, GAP);
  assert.ok(same(continued(gap), Uint8Array.from(gap.confidence, (c) => Number(c > 0))));
  const end = line(1, (x) => x > 50);
  assert.ok(same(continued(end), Uint8Array.from(end.confidence, (c) => Number(c > 0))));
});

Deno.test("continueCracks() leaves alone what is wide, what is less sure still, and what touches no crack", () => {
  for (const left of [line(5, GAP), line(1, GAP, 0.2), line(1, () => true)]) {
    assert.ok(same(continued(left), above(left.confidence)));
  }
  assert.ok(
    !same(continued({ ...line(5, GAP), scale: 0.5 }), above(line(5, GAP).confidence)),
    "what is wide in the photo may be thin at the scale it was looked at",
  );
});

Deno.test("continueCracks() makes no crack wider", () => {
  // A sure line with a doubtful fringe on both sides.
  const { width, height, confidence } = line(0, () => false);
  for (let x = 5; x < 85; x++) confidence[19 * width + x] = confidence[21 * width + x] = 0.3;
  assert.ok(same(continued({ width, height, confidence }), above(confidence)));
});

Deno.test("continueCracks() goes on from the mask it is given, not from all that is sure", () => {
  const { width, height, confidence } = line(1, GAP);
  const none = new Uint8Array(confidence.length);
  assert.ok(same(continued({ width, height, confidence, mask: none }), none));
  // The right half was judged to be no crack: the left half goes on up to it.
  const left = above(confidence).map((value, i) => i % width < 50 ? value : 0);
  const found = continued({ width, height, confidence, mask: left });
  assert.ok(same(found, above(confidence).map((_, i) => Number(confidence[i] > 0 && i % width < 60))));
});
