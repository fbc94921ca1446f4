import assert from "node:assert/strict";
import { brushed, disc } from "../../../tasks/studio/page/brush.ts";
import { boxBetween, cutValues } from "../../../tasks/studio/page/box.ts";
import { EditedMask, Paint } from "../../../tasks/studio/page/edited_mask.ts";
import { pieceAt } from "../../../tasks/studio/page/pieces.ts";
import { doubtOf } from "../../../tasks/studio/doubt.ts";

const found = () => ({
  width: 3,
  height: 2,
  mask: Uint8Array.of(1, 0, 0, 0, 1, 0),
  confidence: Uint8Array.of(250, 100, 10, 0, 180, 128),
});

Deno.test("moving the threshold alters what was found and leaves what was painted", () => {
  const edits = new EditedMask(found());
  edits.paint([2], Paint.crack);
  edits.paint([0], Paint.ground);
  edits.finish();
  assert.deepEqual([...edits.mask], [0, 0, 1, 0, 1, 0]);
  edits.slide(0.3);
  edits.slide(0.1);
  edits.finish();
  assert.deepEqual([...edits.mask], [0, 1, 1, 0, 1, 1]);
  edits.slide(undefined);
  edits.finish();
  assert.deepEqual([...edits.mask], [0, 0, 1, 0, 1, 0]);
});

Deno.test("all that was done can be undone and redone, a stroke or a slide at a time", () => {
  const edits = new EditedMask(found());
  const states = [[...edits.mask]];
  const then = () => {
    edits.finish();
    states.push([...edits.mask]);
  };
  edits.paint([1], Paint.crack);
  edits.paint([1, 2], Paint.crack);
  then();
  edits.slide(0.2);
  edits.slide(0.75);
  then();
  edits.paint([0, 1], Paint.ground);
  then();
  assert.equal(edits.steps.done, 3);
  for (const state of states.slice(0, -1).reverse()) {
    assert.ok(edits.undo());
    assert.deepEqual([...edits.mask], state);
  }
  assert.equal(edits.undo(), false);
  for (const state of states.slice(1)) {
    assert.ok(edits.redo());
    assert.deepEqual([...edits.mask], state);
  }
  assert.equal(edits.redo(), false);
  edits.undo();
  edits.paint([5], Paint.crack);
  edits.finish();
  assert.deepEqual(edits.steps, { done: 3, undone: 0 });
});

Deno.test("a step that changes nothing is none", () => {
  const edits = new EditedMask(found());
  edits.paint([], Paint.crack);
  edits.slide(undefined);
  edits.finish();
  assert.equal(edits.steps.done, 0);
});

Deno.test("what was mended before counts as painted", () => {
  const edits = new EditedMask(found(), Uint8Array.of(0, 0, 1, 0, 1, 0));
  assert.deepEqual([...edits.mask], [0, 0, 1, 0, 1, 0]);
  assert.equal(edits.changedPixels, 2);
  edits.slide(0.3);
  assert.deepEqual([...edits.mask], [0, 1, 1, 0, 1, 1]);
});

Deno.test("another look replaces what was found and painted, in a box or everywhere, and is undone", () => {
  const edits = new EditedMask(found());
  edits.paint([2, 3], Paint.crack);
  edits.finish();
  const painted = [...edits.mask];
  const seen = { mask: Uint8Array.of(0, 1), confidence: Uint8Array.of(5, 200) };
  edits.look(seen, { left: 2, top: 0, width: 1, height: 2 });
  const looked = [1, 0, 0, 1, 1, 1];
  assert.deepEqual([...edits.mask], looked);
  assert.deepEqual([...edits.confidence!], [250, 100, 5, 0, 180, 200]);
  // Against the mask of before all looks: pixels 3 and 5.
  assert.equal(edits.changedPixels, 2);
  edits.slide(0.75);
  edits.finish();
  assert.deepEqual([...edits.mask], [1, 0, 0, 1, 0, 1]);
  const whole = { mask: new Uint8Array(6).fill(1), confidence: new Uint8Array(6).fill(9) };
  edits.look(whole);
  assert.deepEqual([...edits.mask], [1, 1, 1, 1, 1, 1]);
  assert.equal(edits.threshold, undefined);
  edits.undo();
  assert.equal(edits.threshold, 0.75);
  edits.undo();
  assert.deepEqual([...edits.mask], looked);
  edits.undo();
  assert.deepEqual([...edits.mask], painted);
  assert.deepEqual([...edits.confidence!], [...found().confidence]);
  edits.redo();
  assert.deepEqual([...edits.mask], looked);
});

Deno.test("a box has the pixels of both corners, of those in the photo", () => {
  const size = { width: 7, height: 5 };
  assert.deepEqual(boxBetween({ x: 4.2, y: 3 }, { x: 2, y: 0.6 }, size), {
    ...{ left: 2, top: 1, width: 3, height: 3 },
  });
  assert.deepEqual(boxBetween({ x: -9, y: -9 }, { x: 99, y: 0 }, size), {
    ...{ left: 0, top: 0, width: 7, height: 1 },
  });
  assert.equal(boxBetween({ x: 9, y: 1 }, { x: 12, y: 3 }, size), undefined);
  const values = Uint8Array.from({ length: 12 }, (_, i) => i);
  const outer = { left: 1, top: 1, width: 4, height: 3 };
  assert.deepEqual([...cutValues(values, outer, { left: 2, top: 2, width: 2, height: 2 })], [5, 6, 9, 10]);
});

Deno.test("a brush covers the pixels whose centres are within its radius, and one at least", () => {
  const size = { width: 7, height: 5 };
  const pixels = (found: Iterable<number>) => [...new Set(found)].toSorted((a, b) => a - b);
  assert.deepEqual(pixels(disc({ x: 3, y: 2 }, 2, size)), [10, 16, 17, 18, 24]);
  assert.deepEqual(pixels(disc({ x: 0.4, y: 0.4 }, 1, size)), [0]);
  assert.deepEqual(pixels(disc({ x: -9, y: 2 }, 3, size)), []);
  assert.deepEqual(pixels(brushed({ x: 1, y: 1 }, { x: 4, y: 1 }, 1, size)), [8, 9, 10, 11]);
});

Deno.test("a click takes the nearest piece of crack, of eight neighbours, or the hole that it is in", () => {
  const rows = [
    "1.......",
    ".1..111.",
    "....1.1.",
    "....111.",
  ];
  const image = {
    width: 8,
    height: 4,
    mask: Uint8Array.from(rows.join(""), (letter) => letter === "1" ? 1 : 0),
  };
  const pieces = (x: number, y: number) => pieceAt(image, { x, y });
  assert.deepEqual(pieces(0, 0), { kind: "crack", pixels: [0, 9] });
  assert.deepEqual(pieces(5, 2), { kind: "hole", pixels: [21] });
  assert.equal(pieces(7.4, 2)?.pixels.length, 8);
  assert.equal(pieces(30, 2), undefined);
});

Deno.test("doubt is what the confidences leave open for each pixel found", () => {
  assert.equal(doubtOf(new Uint8Array(50)), 0);
  assert.equal(doubtOf(new Uint8Array(100).fill(255)), 0);
  // 1000 pixels of 51 of 255: a fifth each, none found, 3 taken to be.
  assert.ok(Math.abs(doubtOf(new Uint8Array(1000).fill(51)) - 1000 * 0.2 / 3) < 1e-9);
  assert.ok(Math.abs(doubtOf(new Uint8Array(1000).fill(204)) - 1000 * 0.2 / 1003) < 1e-9);
});

Deno.test("doubt is the same of a photo at twice its sides", () => {
  const small = Uint8Array.from({ length: 600 }, (_, i) => (i * 37) % 256);
  const large = Uint8Array.from({ length: 2400 }, (_, i) => small[i >> 2]);
  assert.ok(Math.abs(doubtOf(large) - doubtOf(small)) < 1e-9);
});
