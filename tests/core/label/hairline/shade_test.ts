import assert from "node:assert/strict";
import { judgePieces } from "../../../../core/label/hairline/plausible_pieces.ts";
import { isShade } from "../../../../core/label/hairline/shade.ts";
import { seeded } from "../../testing.ts";

const WIDTH = 160, HEIGHT = 120, GROUND = 170;

/** A dark band across a photo, and how surely it was marked. */
interface Band {
  /** Rows that are marked. */
  readonly width: number;
  /** Rows over which the grey values fall at either border. */
  readonly penumbra: number;
  /** Grey levels by which values inside differ from pixel to pixel at most. */
  readonly rough?: number;
  readonly confidence?: number;
  readonly scale?: number;
}

/** The photo, and the marked pixels: where the band is more than half as dark as in its middle. */
function drawn(
  { width, penumbra, rough = 0 }: Band,
): { photo: ImageData; mask: Uint8Array; pixels: Uint32Array } {
  const photo = new ImageData(WIDTH, HEIGHT);
  const mask = new Uint8Array(WIDTH * HEIGHT);
  const random = seeded(7);
  for (let i = 0; i < mask.length; i++) {
    const off = Math.abs(Math.floor(i / WIDTH) - HEIGHT / 2);
    const dark = Math.min(1, Math.max(0, 0.5 + (width / 2 - off) / penumbra));
    mask[i] = Number(dark > 0.5);
    const grey = GROUND - 90 * dark + (mask[i] === 1 ? rough * (2 * random() - 1) : 0);
    photo.data.set([grey, grey, grey, 255], 4 * i);
  }
  const pixels = Uint32Array.from(mask.keys().filter((i) => mask[i] === 1));
  return { photo, mask, pixels };
}

function seemsShade(band: Band): boolean {
  const { pixels, ...marked } = drawn(band);
  return isShade(pixels, { ...marked, scale: band.scale ?? 1, confidence: band.confidence ?? 0.9 });
}

Deno.test("isShade() tells soft borders, whatever the network says", () => {
  assert.equal(seemsShade({ width: 30, penumbra: 20 }), true);
  assert.equal(seemsShade({ width: 30, penumbra: 2 }), false);
  assert.equal(seemsShade({ width: 30, penumbra: 20, rough: 8 }), true);
});

Deno.test("isShade() takes wide smooth pieces for shade where the network is in doubt", () => {
  const sharp = { width: 30, penumbra: 1 };
  assert.equal(seemsShade({ ...sharp, confidence: 0.7 }), true);
  assert.equal(seemsShade({ ...sharp, confidence: 0.8 }), false);
  assert.equal(seemsShade({ ...sharp, confidence: 0.7, rough: 60 }), false);
});

Deno.test("isShade() says nothing of thin pieces, of single pixels and of what has no inside", () => {
  assert.equal(seemsShade({ width: 10, penumbra: 10, confidence: 0.6 }), false);
  assert.equal(seemsShade({ width: 1, penumbra: 20, confidence: 0.6 }), false);
  const { photo, mask } = drawn({ width: 0.5, penumbra: 1 });
  mask.fill(0);
  mask[WIDTH * HEIGHT - 1] = 1;
  const pixels = Uint32Array.of(WIDTH * HEIGHT - 1);
  assert.equal(isShade(pixels, { photo, mask, scale: 1, confidence: 0.1 }), false);
});

Deno.test("isShade() counts by the scale at which the photo loses no detail", () => {
  // Enlarged to four times its size, a crack is as soft as this.
  const crack = { width: 64, penumbra: 16 };
  assert.equal(seemsShade({ ...crack, scale: 1 }), true);
  assert.equal(seemsShade({ ...crack, scale: 0.25 }), false);
  // A piece of 20 pixels is 5 wide there.
  assert.equal(seemsShade({ width: 20, penumbra: 1, confidence: 0.7, scale: 1 }), true);
  assert.equal(seemsShade({ width: 20, penumbra: 1, confidence: 0.7, scale: 0.25 }), false);
});

Deno.test("isShade() takes a photo that is marked all over", () => {
  const photo = new ImageData(new Uint8ClampedArray(4 * 40 * 40).fill(90), 40, 40);
  const mask = new Uint8Array(40 * 40).fill(1);
  // No border, so that nothing can be said of it.
  assert.equal(isShade(Uint32Array.from(mask.keys()), { photo, mask, scale: 1, confidence: 0.6 }), false);
});

/** How many pixels of a wandering band stay where the photo is shown, and where it is not. */
function kept(band: Band): { readonly shown: number; readonly unseen: number } {
  const { photo, mask } = drawn(band);
  const confidence = Float32Array.from(mask, (value) => 0.95 * value);
  const { scale = 0.9 } = band;
  const marked = { width: WIDTH, height: HEIGHT, mask, confidence, scale };
  // Not as straight as along a ruler.
  const crooked = mask.map((_, i) =>
    mask[(i + WIDTH * Math.round(9 * Math.sin(i % WIDTH / 20)) + mask.length) % mask.length]
  );
  const pixels = new Uint8ClampedArray(photo.data);
  for (let i = 0; i < crooked.length; i++) {
    const from = (i + WIDTH * Math.round(9 * Math.sin(i % WIDTH / 20)) + mask.length) % mask.length;
    pixels.set(photo.data.subarray(4 * from, 4 * from + 4), 4 * i);
  }
  const bent = { ...marked, mask: crooked, confidence: Float32Array.from(crooked, (value) => 0.95 * value) };
  const count = (of: Uint8Array) => of.reduce((sum, value) => sum + value, 0);
  return {
    unseen: count(judgePieces(bent).plausible),
    shown: count(judgePieces({ ...bent, photo: new ImageData(pixels, WIDTH, HEIGHT) }).plausible),
  };
}

Deno.test("judgePieces() leaves out shade, where it is shown the photo", () => {
  const { shown, unseen } = kept({ width: 20, penumbra: 14 });
  assert.ok(unseen > 2000);
  assert.equal(shown, 0);
});

Deno.test("judgePieces() keeps what is as long as a crack, though its borders are soft as of a photo out of focus", () => {
  // Seen from a scale at which 8 pixels are wider than 12.
  const { shown, unseen } = kept({ width: 8, penumbra: 14, scale: 2 });
  assert.ok(unseen > 1000);
  assert.equal(shown, unseen);
  assert.equal(seemsShade({ width: 8, penumbra: 14, scale: 2 }), true, "by its borders alone it is shade");
});
