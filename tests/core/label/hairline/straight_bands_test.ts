import assert from "node:assert/strict";
import { judgePieces } from "../../../../core/label/hairline/plausible_pieces.ts";
import { isStraightBand } from "../../../../core/label/hairline/straight_bands.ts";
import { seeded } from "../../testing.ts";

const WIDTH = 220, HEIGHT = 180;

/** What of the photo is within half a width of a curve through its middle that is turned by an angle, in degrees. */
interface Piece {
  readonly length: number;
  readonly width: number;
  readonly degrees?: number;
  /** How far the middle is off the straight line, at a distance along it. */
  readonly off?: (along: number) => number;
}

function pixelsOf({ length, width, degrees = 0, off = () => 0 }: Piece): Uint32Array {
  const [cos, sin] = [Math.cos(degrees * Math.PI / 180), Math.sin(degrees * Math.PI / 180)];
  const found: number[] = [];
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const x = i % WIDTH - WIDTH / 2, y = Math.floor(i / WIDTH) - HEIGHT / 2;
    const along = x * cos + y * sin, across = y * cos - x * sin;
    if (Math.abs(along) <= length / 2 && Math.abs(across - off(along)) <= width / 2) found.push(i);
  }
  return Uint32Array.from(found);
}

const isBand = (piece: Piece, scale = 1): boolean => isStraightBand(pixelsOf(piece), { width: WIDTH, scale });

Deno.test("isStraightBand() finds bands of any width, however they are turned", () => {
  for (const width of [3, 7, 12, 20]) {
    for (const degrees of [0, 17, 45, 90, 131]) {
      assert.equal(isBand({ length: 130, width, degrees }), true, `${width} ${degrees}`);
    }
  }
  assert.equal(
    isStraightBand(Uint32Array.from({ length: 120 }, (_, i) => i), { width: WIDTH, scale: 1 }),
    true,
  );
});

Deno.test("isStraightBand() takes what wanders, is ragged, bent, short or plump for no band", () => {
  const random = seeded(7);
  const walk = [0];
  while (walk.length < 200) walk.push(walk.at(-1)! + (random() - 0.5) * 1.6);
  for (
    const [what, piece] of Object.entries({
      wanders: { length: 150, width: 5, degrees: 30, off: (along: number) => walk[Math.round(along) + 100] },
      waves: { length: 150, width: 12, degrees: 80, off: (along: number) => 5 * Math.sin(along / 15) },
      bent: { length: 150, width: 8, off: (along: number) => Math.abs(along) / 5 },
      short: { length: 80, width: 6 },
      plump: { length: 120, width: 30 },
    })
  ) assert.equal(isBand(piece), false, what);
  assert.equal(isBand({ length: 130, width: 12 }, 0.5), false, "short at the scale that was looked at");
  assert.equal(isStraightBand(Uint32Array.of(4), { width: 9, scale: 1 }), false, "one pixel");
});

Deno.test("judgePieces() leaves bands out, counts them, and believes no crack for their sake", () => {
  const confidence = new Float32Array(WIDTH * HEIGHT);
  for (const pixel of pixelsOf({ length: 150, width: 8, degrees: 20 })) confidence[pixel] = 0.95;
  const judge = () => {
    const mask = Uint8Array.from(confidence, (c) => Number(c > 0.5));
    return judgePieces({ width: WIDTH, height: HEIGHT, mask, confidence, scale: 1 });
  };
  const alone = judge();
  assert.deepEqual([alone.bands.length, alone.broad, alone.plausible.includes(1)], [1, false, false]);
  // A doubtful piece, which only a sure one beside it would make plausible.
  confidence.fill(0.6, 10 * WIDTH + 10, 10 * WIDTH + 60);
  assert.equal(judge().plausible.includes(1), false);
  confidence[10 * WIDTH + 20] = 0.95;
  const { bands, plausible } = judge();
  assert.deepEqual([bands.length, plausible.reduce((sum, value) => sum + value, 0)], [1, 50]);
});
