import assert from "node:assert/strict";
import { measureCracks } from "../../../core/measure/measure_cracks.ts";
import { sharedCompute, testImage } from "../testing.ts";
import { drawCracks } from "./drawn_cracks.ts";

const open = sharedCompute();

/** A mask of the pixels that pass a test. */
function maskOf(width: number, height: number, crack: (x: number, y: number) => boolean) {
  const data = Uint8Array.from(
    { length: width * height },
    (_, i) => Number(crack(i % width, Math.floor(i / width))),
  );
  return { width, height, data };
}

/** How far a place is from the piece of line between two others. */
function toSegment(x: number, y: number, [a, b, c, d]: readonly [number, number, number, number]): number {
  const [dx, dy] = [c - a, d - b];
  const t = Math.max(0, Math.min(1, ((x - a) * dx + (y - b) * dy) / (dx ** 2 + dy ** 2)));
  return Math.hypot(x - a - t * dx, y - b - t * dy);
}

function assertNear(found: number, wanted: number, most: number, what: string): void {
  assert.ok(Math.abs(found - wanted) <= most, `${what}: ${found} where ${wanted} is right, to ${most}`);
}

Deno.test("measureCracks() finds width, length and direction of drawn cracks of any width and angle", async () => {
  const compute = await open();
  const length = 120;
  for (const width of [0.8, 1.5, 3, 8, 20]) {
    for (const angle of [0, 16, 45, 73, 90, 151]) {
      const what = `${width} pixels at ${angle}°`;
      const crack = { x: 80.3, y: 80.4, angle, length, width };
      // A wider one tells how dark cracks are where they are not blurred.
      const wide = { x: 25, y: 170, angle: 0, length: 40, width: 8 };
      const { photo, mask } = drawCracks([crack, wide], {
        width: 160,
        height: 180,
        blur: 0.6,
        noise: 6,
        seed: angle + 1,
      });
      const { cracks } = await measureCracks(compute, mask, { photo });
      assert.equal(cracks.length, 2, what);
      const [found] = cracks;
      assert.equal(found.widthFrom, "photo", what);
      assert.equal(found.branches.length, 1, what);
      for (const [name, value] of Object.entries({ mean: found.width.mean, median: found.width.median })) {
        assertNear(value, width, Math.max(0.25, 0.05 * width), `${what}: ${name} width`);
      }
      assertNear(found.length, length, 0.02 * length, `${what}: length`);
      const turned = Math.abs(found.orientation - angle);
      assertNear(Math.min(turned, 180 - turned), 0, 2, `${what}: direction`);
      assertNear(found.tortuosity, 1, 0.01, `${what}: tortuosity`);
      if (width >= 3) assertNear(found.maskWidth.median, width, 0.6, `${what}: width of the mask`);
    }
  }
});

Deno.test("measureCracks() calls the width of a thin crack an upper bound where the photo shows no wider one", async () => {
  const thin = { x: 60.3, y: 30.4, angle: 10, length: 80, width: 1 };
  const options = { width: 120, height: 80, blur: 0.6, noise: 4 };
  const alone = drawCracks([thin], options);
  const [crack] = (await measureCracks(await open(), alone.mask, { photo: alone.photo })).cracks;
  assert.equal(crack.widthIsUpperBound, true);
  assert.ok(crack.width.median > 1 && crack.width.median < 2.5, `${crack.width.median}`);
  // A mask alone knows no more.
  const [masked] = (await measureCracks(await open(), alone.mask)).cracks;
  assert.deepEqual([masked.widthFrom, masked.widthIsUpperBound], ["mask", true]);
  assert.ok(masked.width.median >= 1 && masked.width.median < 2.5, `${masked.width.median}`);
  const wide = drawCracks([{ ...thin, width: 5 }], options);
  assert.equal((await measureCracks(await open(), wide.mask)).cracks[0].widthIsUpperBound, false);
  const both = drawCracks([thin, { x: 60, y: 65, angle: 0, length: 60, width: 8 }], options);
  const { cracks } = await measureCracks(await open(), both.mask, { photo: both.photo });
  assert.deepEqual(cracks.map(({ widthIsUpperBound }) => widthIsUpperBound), [false, false]);
  assertNear(cracks[0].width.median, 1, 0.25, "width beside a wider crack");
});

Deno.test("measureCracks() takes no steps of a mask's edge for width", async () => {
  for (const angle of [8, 23, 52, 83]) {
    const { mask } = drawCracks([{ x: 80.3, y: 80.4, angle, length: 120, width: 12 }], {
      width: 160,
      height: 160,
    });
    const { cracks: [{ width, widthFrom }] } = await measureCracks(await open(), mask);
    assert.equal(widthFrom, "mask");
    assertNear(width.median, 12, 0.25, `median at ${angle}°`);
    // Single chords exceed it by half a pixel and more.
    assertNear(width.p95, 12, 0.3, `95 % at ${angle}°`);
  }
});

Deno.test("measureCracks() measures a bent crack along its bends, and says where it is widest", async () => {
  // A sine of amplitude 20 and period 100, which widens from 4 to 10 pixels.
  const at = (x: number) => 40 + 20 * Math.sin(2 * Math.PI * x / 100);
  const slope = (x: number) => 20 * 2 * Math.PI / 100 * Math.cos(2 * Math.PI * x / 100);
  const mask = maskOf(
    220,
    80,
    (x, y) => x >= 10 && x < 210 && Math.abs(y - at(x)) < (2 + 3 * (x - 10) / 200) * Math.hypot(1, slope(x)),
  );
  let length = 0;
  for (let x = 9.5; x < 209.5; x += 0.01) length += 0.01 * Math.hypot(1, slope(x));
  const { cracks: [crack] } = await measureCracks(await open(), mask);
  assertNear(crack.length, length, 0.02 * length, "length");
  assertNear(crack.tortuosity, length / Math.hypot(200, at(209.5) - at(9.5)), 0.04, "tortuosity");
  assertNear(crack.width.max, 10, 1, "greatest width");
  assert.ok(crack.width.maxAt!.x > 180, `the widest place is at ${crack.width.maxAt!.x}`);
  assert.ok(crack.width.p95 <= crack.width.max && crack.width.median < crack.width.p95);
});

Deno.test("measureCracks() takes a fork apart, and counts no junction as width", async () => {
  const arms = [[30, 50, 75, 50], [75, 50, 120, 15], [75, 50, 120, 85]] as const;
  const mask = maskOf(150, 100, (x, y) => arms.some((arm) => toSegment(x, y, arm) <= 3));
  const { cracks } = await measureCracks(await open(), mask);
  assert.equal(cracks.length, 1);
  const [{ branches, junctions, width, length, area }] = cracks;
  assert.equal(branches.length, 3);
  assert.equal(junctions.length, 1);
  assertNear(Math.hypot(junctions[0].x - 75, junctions[0].y - 50), 0, 3, "place of the junction");
  assert.deepEqual(branches.map(({ from, to }) => [from, to].sort()), Array(3).fill(["end", "junction"]));
  // From the junction to the round ends.
  assertNear(length, 45 + 2 * Math.hypot(45, 35) + 3 * 3, 6, "length");
  assertNear(width.max, 6, 1.2, "greatest width, far below that of the junction");
  assert.equal(area, mask.data.reduce((sum, value) => sum + value, 0));
});

Deno.test("measureCracks() leaves out spurs unless it is told not to", async () => {
  // A thorn of 2 pixels on a crack 7 wide.
  const mask = maskOf(
    120,
    40,
    (x, y) => x > 10 && x < 110 && (Math.abs(y - 20) <= 3 || (x === 60 && y > 14 && y < 20)),
  );
  const pruned = await measureCracks(await open(), mask);
  const whole = await measureCracks(await open(), mask, { prune: false });
  assert.equal(pruned.cracks[0].branches.length, 1);
  assert.ok(whole.cracks[0].branches.length > 1);
  assert.ok(whole.length > pruned.length);
});

Deno.test("measureCracks() goes round a ring once", async () => {
  const mask = maskOf(100, 100, (x, y) => Math.abs(Math.hypot(x - 50, y - 50) - 30) <= 2.5);
  const { cracks: [{ branches, length, width, tortuosity }] } = await measureCracks(await open(), mask);
  assert.deepEqual(branches.map(({ from, to }) => [from, to]), [["loop", "loop"]]);
  assertNear(length, 2 * Math.PI * 30, 0.02 * 2 * Math.PI * 30, "length");
  assertNear(width.mean, 5, 0.4, "width");
  assert.equal(tortuosity, Infinity);
});

Deno.test("measureCracks() maps which way cracks go, place by place", async () => {
  // One level, one upright, one that rises to the right; the longer side has 24 squares of 10 pixels.
  const arms = [[5, 25, 95, 25], [125, 15, 125, 85], [140, 90, 230, 0]] as const;
  const mask = maskOf(240, 100, (x, y) => arms.some((arm) => toSegment(x, y, arm) <= 2));
  const { orientationMap: { side, cells }, orientations, cracks } = await measureCracks(await open(), mask);
  assert.equal(side, 10);
  const lengths = { level: 0, upright: 0, rising: 0 };
  for (const { x, y, length, orientation, agreement } of cells) {
    assert.ok(length > 0 && length < 16 && y % 10 === 0, `${length} at ${x}, ${y}`);
    const [name, wanted] = x < 110
      ? ["level", 0] as const
      : x < 130
      ? ["upright", 90] as const
      : ["rising", 45] as const;
    lengths[name] += length;
    // Ends are round, and short pieces bend there.
    if (length < 8) continue;
    const off = Math.abs(orientation - wanted);
    assert.ok(Math.min(off, 180 - off) < 4, `${name} at ${x}, ${y}: ${orientation}°`);
    assert.ok(agreement > 0.98 && agreement <= 1 + 1e-9, `${agreement}`);
  }
  assertNear(lengths.level, 94, 2, "level");
  assertNear(lengths.upright, 74, 2, "upright");
  assertNear(lengths.rising, 90 * Math.SQRT2 + 2, 3, "rising");
  const sum = orientations.reduce((total, value) => total + value, 0);
  assertNear(lengths.level + lengths.upright + lengths.rising, sum, 1e-6, "both count the same");
  assert.equal(cracks.length, 3);
});

Deno.test("measureCracks() gives millimetres where it knows the scale, and sums for the photo", async () => {
  const mask = maskOf(100, 50, (x, y) => y >= 20 && y < 24 || x < 0);
  const measured = await measureCracks(await open(), mask, { mmPerPixel: 0.5 });
  const [crack] = measured.cracks;
  assertNear(crack.mm!.length, 50, 0.01, "length");
  assertNear(crack.mm!.width.median, 2, 0.01, "width");
  assert.equal(crack.areaMm2, 100);
  assert.equal(measured.share, 0.08);
  // 50 mm on 50 mm × 25 mm.
  assertNear(measured.densityPerMetre!, 40, 0.01, "length per area");
  assertNear(measured.orientations[0] + measured.orientations[17], 100, 2, "level directions");
  assert.deepEqual(crack.box, { x: 0, y: 20, width: 100, height: 4 });
  const without = await measureCracks(await open(), mask);
  assert.equal(without.cracks[0].mm, undefined);
  assert.equal(without.densityPerMetre, undefined);
});

Deno.test("measureCracks() takes masks of all sizes and contents, with finite lengths and every piece once", async () => {
  for (const [width, height] of [[1, 1], [1, 7], [7, 1], [2, 2], [33, 17], [61, 40]] as const) {
    for (const content of ["black", "white", "saturated", "crack"] as const) {
      const image = testImage(width, height, 1, content);
      const mask = { width, height, data: Uint8Array.from(image.data, (value) => Number(value >= 128)) };
      const { cracks, area, length } = await measureCracks(await open(), mask, {
        photo: new ImageData(width, height),
      });
      const what = `${width} × ${height} ${content}`;
      assert.equal(area, mask.data.reduce((sum, value) => sum + value, 0), what);
      assert.ok(Number.isFinite(length) && length >= 0, `${what}: length ${length}`);
      for (const crack of cracks) {
        assert.ok(crack.area > 0 && crack.branches.length > 0, what);
        assert.equal(crack.widthFrom, "mask", `${what}: a black photo shows no crack`);
      }
    }
  }
});

Deno.test("measureCracks() says which photo, mask or scale it cannot use", async () => {
  const compute = await open();
  const mask = maskOf(4, 3, () => true);
  await assert.rejects(measureCracks(compute, mask, { photo: new ImageData(3, 4) }), {
    message: "Cannot measure a mask of 4 × 3 in a photo of 3 × 4: the same size is wanted.",
  });
  await assert.rejects(measureCracks(compute, { ...mask, width: 5 }), {
    message: "Cannot measure a mask of 5 × 3: its data has 12 values, 15 are wanted.",
  });
  for (const mmPerPixel of [0, -1, NaN, Infinity]) {
    await assert.rejects(measureCracks(compute, mask, { mmPerPixel }), {
      message:
        `Cannot measure in millimetres: a pixel shows ${mmPerPixel} of them, a number above 0 is wanted.`,
    });
  }
});
