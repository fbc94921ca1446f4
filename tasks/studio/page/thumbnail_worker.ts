/// <reference lib="dom" />
/**
 * What makes thumbnails beside the page, which scrolls meanwhile.
 *
 * @module
 */
import { serveRequests } from "../../../models/threads/serve_requests.ts";
import type { Pixels, Size } from "./box.ts";

/** A photo that is to be made small, with its masks. */
export interface ThumbnailRequest {
  /** Its file, or its pixels where browsers do not read it. */
  readonly photo: Blob | Pixels;
  /** Its masks: files, or values, 1 for crack. */
  readonly own: Blob | Mask | undefined;
  readonly other: Blob | undefined;
  /** RGBA words: of no crack, of crack in the own mask, in the other, in both. */
  readonly palette: Uint32Array;
  /** The longer side of the thumbnail; smaller photos stay as they are. */
  readonly side: number;
}

/** A mask, row-major, not 0 where there is crack. */
export interface Mask extends Size {
  readonly mask: Uint8Array;
}

async function thumbnailOf(
  { photo, own, other, palette, side }: ThumbnailRequest,
): Promise<ImageBitmap> {
  const whole = await createImageBitmap(
    photo instanceof Blob ? photo : new ImageData(photo.data, photo.width, photo.height),
  );
  const scale = Math.min(1, side / Math.max(whole.width, whole.height));
  const [width, height] = [whole.width, whole.height].map((length) =>
    Math.max(1, Math.round(length * scale))
  );
  const context = new OffscreenCanvas(width, height).getContext("2d")!;
  context.imageSmoothingQuality = "medium";
  context.drawImage(whole, 0, 0, width, height);
  whole.close();
  const classes = new Uint8Array(width * height);
  await addCrack(classes, { width, height }, own, 1);
  await addCrack(classes, { width, height }, other, 2);
  const overlay = new ImageData(width, height);
  const pixels = new Uint32Array(overlay.data.buffer);
  for (const [i, value] of classes.entries()) pixels[i] = palette[value];
  const mask = new OffscreenCanvas(width, height);
  mask.getContext("2d")!.putImageData(overlay, 0, 0);
  context.drawImage(mask, 0, 0);
  return context.canvas.transferToImageBitmap();
}

/** Marks the pixels of a thumbnail that cover any crack of a mask, or thin ones would fade away. */
async function addCrack(
  classes: Uint8Array,
  small: Size,
  mask: Blob | Mask | undefined,
  bit: number,
): Promise<void> {
  if (mask === undefined) return;
  const { width, height, mask: values } = mask instanceof Blob ? await readMask(mask) : mask;
  for (let y = 0, i = 0; y < height; y++) {
    const line = Math.floor(y * small.height / height) * small.width;
    for (let x = 0; x < width; x++, i++) {
      if (values[i] !== 0) classes[line + Math.floor(x * small.width / width)] |= bit;
    }
  }
}

async function readMask(file: Blob): Promise<Mask> {
  const image = await createImageBitmap(file);
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  context.drawImage(image, 0, 0);
  image.close();
  const { data } = context.getImageData(0, 0, width, height);
  const mask = new Uint8Array(width * height);
  for (let i = 0; i < mask.length; i++) mask[i] = data[4 * i];
  return { width, height, mask };
}

serveRequests(thumbnailOf, { transfer: (image) => [image] });
