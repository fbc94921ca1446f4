import assert from "node:assert/strict";
import { judgePieces } from "../../../../core/label/hairline/plausible_pieces.ts";

const WIDTH = 120, HEIGHT = 90;

/** A rectangle of one confidence. */
interface Patch {
  readonly at: readonly [x: number, y: number];
  readonly size: readonly [width: number, height: number];
  readonly confidence: number;
}

/** A diagonal line three pixels wide, long enough and sure in one pixel. */
const CRACK: readonly Patch[] = Array.from({ length: 40 }, (_, i) => ({
  at: [5 + i, 5 + i],
  size: [3, 1],
  confidence: i === 20 ? 0.95 : 0.6,
}));
const SPECK: Patch = { at: [100, 10], size: [1, 9], confidence: 0.55 };
const DISC: Patch = { at: [60, 4], size: [20, 20], confidence: 0.99 };

function kept(
  patches: readonly Patch[],
  scale = 1,
): { readonly mask: Uint8Array; readonly found: Uint8Array; readonly broad: boolean } {
  const confidence = new Float32Array(WIDTH * HEIGHT);
  for (const { at: [x, y], size: [width, height], confidence: value } of patches) {
    for (let v = y; v < y + height; v++) confidence.fill(value, v * WIDTH + x, v * WIDTH + x + width);
  }
  const mask = Uint8Array.from(confidence, (value) => Number(value > 0.5));
  const { plausible: found, broad } = judgePieces({ width: WIDTH, height: HEIGHT, mask, confidence, scale });
  return { mask, found, broad };
}

/** Whether both are equal: where arrays of pixels differ, assert would print every one. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

Deno.test("judgePieces() keeps a long piece that is sure somewhere, and what is seen beside it", () => {
  const { mask, found } = kept([...CRACK, SPECK]);
  assert.ok(same(found, mask));
  const without = kept([...CRACK, SPECK, DISC]);
  assert.ok(same(without.found, mask), "a full piece goes, however sure");
});

Deno.test("judgePieces() believes no piece of a photo in which none is long and sure", () => {
  const none = new Uint8Array(WIDTH * HEIGHT);
  assert.ok(same(kept([SPECK]).found, none));
  assert.ok(same(kept([{ ...SPECK, confidence: 0.99 }]).found, none), "sure and short");
  assert.ok(
    same(kept(CRACK.map((patch) => ({ ...patch, confidence: 0.84 }))).found, none),
    "long and doubtful",
  );
  assert.ok(same(kept(CRACK, 0.5).found, none), "short at the scale that was looked at");
  assert.ok(same(kept([DISC]).found, none));
  assert.ok(same(kept([]).found, none));
});

Deno.test("judgePieces() believes dashes of one pale crack, if they have some length together", () => {
  const dashes = (count: number): Patch[] =>
    Array.from(
      { length: count },
      (_, i) => ({ at: [5 + 13 * i, 30 + 2 * i], size: [10, 2], confidence: 0.95 }),
    );
  assert.ok(same(kept(dashes(7)).found, kept(dashes(7)).mask));
  assert.equal(kept(dashes(5)).found.includes(1), false);
  const doubtful = dashes(7).map((dash) => ({ ...dash, confidence: 0.88 }));
  assert.equal(kept(doubtful).found.includes(1), false);
});

Deno.test("judgePieces() asks more length of a large piece than of a small one, unless the network is sure all over", () => {
  // 1 : 4 has a fullness of 4 / 17, under the limit of small pieces and over that of large ones.
  const small: Patch = { at: [10, 60], size: [32, 8], confidence: 0.95 };
  const large: Patch = { at: [10, 50], size: [72, 18], confidence: 0.8 };
  assert.ok(same(kept([small]).found, kept([small]).mask));
  assert.equal(kept([large, ...CRACK.slice(0, 30)]).found[51 * WIDTH + 12], 0);
  const sure: Patch = { ...large, confidence: 0.95 };
  assert.ok(same(kept([sure]).found, kept([sure]).mask));
  // 120 × 30 has the same shape and fills a third.
  const third: Patch = { at: [0, 40], size: [120, 30], confidence: 0.95 };
  assert.equal(kept([third]).found.includes(1), false);
});

Deno.test("judgePieces() lets a piece be fuller where the network is sure all over", () => {
  const at = [60, 20] as const;
  const stays = (piece: Omit<Patch, "at">) => kept([{ ...piece, at }, ...CRACK]).found[21 * WIDTH + 62] === 1;
  // 10 : 33 has a fullness of 0.28, 10 : 26 has one of 0.33.
  assert.equal(stays({ size: [33, 10], confidence: 0.8 }), false);
  assert.equal(stays({ size: [33, 10], confidence: 0.95 }), true);
  assert.equal(stays({ size: [26, 10], confidence: 0.95 }), false);
});

Deno.test("judgePieces() tells of something broad that can be no crack", () => {
  assert.equal(kept([...CRACK, DISC]).broad, true);
  assert.equal(kept([...CRACK, { ...DISC, size: [6, 6] }]).broad, false, "a speck");
  assert.equal(kept(CRACK).broad, false);
  assert.equal(kept([]).broad, false);
});

Deno.test("judgePieces() takes images of one pixel", () => {
  const one = { width: 1, height: 1, mask: Uint8Array.of(1), confidence: Float32Array.of(1), scale: 1 };
  assert.deepEqual([...judgePieces(one).plausible], [0]);
});
