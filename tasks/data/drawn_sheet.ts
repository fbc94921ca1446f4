import { randomStream } from "../../core/random.ts";
import { cutWindow } from "../../core/sampling/cut_window.ts";
import { type Canvas, clamped } from "../../core/sampling/drawn/canvas.ts";
import { type Motif, MOTIFS, paintMotif } from "../../core/sampling/drawn/motifs.ts";
import { Noise } from "../../core/sampling/drawn/noise.ts";

/** Pixels between examples, and between an example and its truth. */
const GAP = 8, SEAM = 2;

/** An image of bytes, as `encodePng()` takes it. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly channels: 3;
  readonly data: Uint8Array;
}

/** Options of {@linkcode drawnSheet}. */
export interface DrawnSheetOptions {
  /** A row each. */
  readonly motifs: readonly Motif[];
  /** Examples in a row. */
  readonly columns: number;
  /** Side of an example, in pixels. */
  readonly size: number;
  readonly seed: number;
}

/**
 * Shows what is drawn for training: a row a motif, each example with its truth on the right, crack being white.
 *
 * @param groundOf the photo for a column; undefined for a texture.
 */
export async function drawnSheet(
  groundOf: (column: number) => Promise<ImageData | undefined>,
  { motifs, columns, size, seed }: DrawnSheetOptions,
): Promise<Sheet> {
  const cell = 2 * size + SEAM;
  const width = GAP + columns * (cell + GAP), height = GAP + motifs.length * (size + GAP);
  const data = new Uint8Array(3 * width * height).fill(255);
  // A photo serves its column, so that one alone is held in memory.
  for (let column = 0; column < columns; column++) {
    const photo = await groundOf(column);
    for (const [row, motif] of motifs.entries()) {
      // Of its own, whatever else is shown.
      const random = randomStream(seed, column * MOTIFS.length + MOTIFS.indexOf(motif));
      const canvas = photo === undefined ? texture(size, random) : anywhere(photo, size, random);
      paintMotif(canvas, motif, random);
      const left = GAP + column * (cell + GAP), top = GAP + row * (size + GAP);
      for (let y = 0; y < size; y++) {
        const at = 3 * ((top + y) * width + left);
        data.set(canvas.pixels.subarray(3 * y * size, 3 * (y + 1) * size), at);
        for (let x = 0; x < size; x++) {
          const beside = at + 3 * (size + SEAM + x);
          data.fill(canvas.crack[y * size + x], beside, beside + 3);
        }
      }
    }
  }
  return { width, height, channels: 3, data };
}

/** A crop at a random place of a photo; a smaller photo is mirrored at its border. */
function anywhere(photo: ImageData, size: number, random: () => number): Canvas {
  const start = (length: number) => Math.floor(random() * (Math.max(0, length - size) + 1));
  const rgba = new Uint8Array(4 * size * size);
  const { width, height, data } = photo;
  const image = {
    width,
    height,
    channels: 4,
    data: new Uint8Array(data.buffer, data.byteOffset, data.length),
  };
  cutWindow(image, { x: start(width), y: start(height), width: size, height: size }, { target: rgba });
  return canvasOf(size, (i, c) => rgba[4 * i + c]);
}

/** Ground like plaster or asphalt: grey, with clouds and grains. */
function texture(size: number, random: () => number): Canvas {
  const noise = new Noise(random), area = { width: size, height: size };
  const level = 90 + 110 * random(), contrast = 4 + 20 * random();
  const clouds = noise.plane(area, { cell: size / 3, octaves: 3 });
  const grains = noise.plane(area, { cell: 1.5 + 4 * random(), octaves: 2 });
  const tint = [1 + 0.06 * random(), 1, 1 - 0.1 * random()];
  return canvasOf(size, (i, c) => tint[c] * (level + 10 * clouds[i] + contrast * grains[i]));
}

/** A canvas without crack. */
function canvasOf(size: number, valueOf: (pixel: number, channel: number) => number): Canvas {
  const pixels = new Uint8Array(3 * size * size), bytes = clamped(pixels);
  for (let i = 0; i < bytes.length; i++) bytes[i] = valueOf(Math.floor(i / 3), i % 3);
  return { width: size, height: size, pixels, crack: new Uint8Array(size * size) };
}
