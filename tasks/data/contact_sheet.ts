import type { Dataset } from "../../core/datasets/open_dataset.ts";
import { fullName, type Sample, spread, type TruthMask } from "../../core/datasets/sample.ts";
import { encodeJpeg } from "../../core/images/encode_jpeg.ts";
import type { PngSource } from "../../core/images/encode_png.ts";
import { fitInto, shrink } from "../batch/overlay.ts";
import { printable } from "../cli/terminal.ts";
import { dataUrl, type Html, markup } from "../report/markup.ts";
import type { PhotoRecord } from "./examine.ts";

/** Pixels: the side of a thumbnail, the space around it, two lines of text below it. */
const SIDE = 240, GAP = 16, TEXT = 44;
const COLUMNS = 6;
/** Characters that fit below a thumbnail. */
const LETTERS = 34;
/** Magenta, as in the reports: neither asphalt nor markings nor leaves have it. */
const OUTLINE = [255, 31, 107] as const;
/** In pixels of a PNG: the frame, its width, and what stands for a photo that cannot be read. */
const FRAME = 4, RED = [221, 0, 0], GREY = [221, 221, 221];

/** The photos to show: of those with something to look at up to half, spread over the dataset, and then of the others. In the dataset's order. */
export function choosePhotos(photos: readonly PhotoRecord[], count: number): number[] {
  const all = photos.map((_, i) => i);
  const isMarked = (i: number) => photos[i].failure !== undefined || photos[i].warnings.length > 0;
  const marked = all.filter(isMarked), others = all.filter((i) => !isMarked(i));
  const ofMarked = Math.min(marked.length, Math.max(Math.ceil(count / 2), count - others.length));
  return [...spread(marked, ofMarked), ...spread(others, count - ofMarked)].sort((a, b) => a - b);
}

/** A thumbnail's place on a sheet, in pixels. */
interface Place {
  /** Its position in `dataset.samples` and `photos`. */
  readonly index: number;
  /** Where its column begins. */
  readonly x: number;
  /** Where its picture ends. */
  readonly bottom: number;
}

/** Lays thumbnails in rows of six, each row as high as its highest, with room for text below. */
function layOut(
  photos: readonly PhotoRecord[],
  chosen: readonly number[],
  text: number,
): { readonly width: number; readonly height: number; readonly places: readonly Place[] } {
  const columns = Math.min(COLUMNS, Math.max(1, chosen.length));
  const places: Place[] = [];
  let height = GAP;
  for (const row of sheetRows(chosen)) {
    const bottom = height + Math.max(...row.map((index) => thumbnailSize(photos[index])[1]));
    places.push(...row.map((index, column) => ({ index, x: GAP + column * (SIDE + GAP), bottom })));
    height = bottom + text + GAP;
  }
  return { width: GAP + columns * (SIDE + GAP), height, places };
}

/** What stands on a sheet, row by row. */
export function sheetRows(chosen: readonly number[]): number[][] {
  return Array.from(
    { length: Math.ceil(chosen.length / COLUMNS) },
    (_, row) => chosen.slice(row * COLUMNS, (row + 1) * COLUMNS),
  );
}

/**
 * Draws a contact sheet, an SVG that stands alone: thumbnails with the truth as an outline, six a row, names below, those with something to
 * look at in a red frame.
 *
 * @param chosen positions in `dataset.samples` and `photos`.
 */
export async function* contactSheet(
  dataset: Dataset,
  photos: readonly PhotoRecord[],
  chosen: readonly number[],
): AsyncGenerator<string> {
  const { width, height, places } = layOut(photos, chosen, TEXT);
  yield markup`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13">
<title>${printable(dataset.path)}</title>
<rect width="${width}" height="${height}" fill="#fff"/>
`.source;
  for (const place of places) {
    yield (await cell(dataset.samples[place.index], photos[place.index], place)).source;
  }
  yield "</svg>\n";
}

/** Draws the same as pixels, without words. */
export async function contactSheetPixels(
  dataset: Dataset,
  photos: readonly PhotoRecord[],
  chosen: readonly number[],
): Promise<PngSource> {
  const { width, height, places } = layOut(photos, chosen, 0);
  const data = new Uint8Array(3 * width * height).fill(255);
  const fill = (x: number, y: number, w: number, h: number, colour: readonly number[]) => {
    for (let row = y; row < y + h; row++) {
      for (let at = 3 * (row * width + x), i = 0; i < w; i++, at += 3) data.set(colour, at);
    }
  };
  for (const { index, x, bottom } of places) {
    const thumbnail = await thumbnailOf(dataset.samples[index]);
    const [w, h] = thumbnailSize(photos[index]);
    const left = x + Math.floor((SIDE - w) / 2), top = bottom - h;
    if (noteOf(photos[index]) !== "") fill(left - FRAME, top - FRAME, w + 2 * FRAME, h + 2 * FRAME, RED);
    if (thumbnail === undefined) {
      fill(left, top, w, h, GREY);
      continue;
    }
    for (let i = 0; i < w * h; i++) {
      const at = 3 * ((top + Math.floor(i / w)) * width + left + i % w);
      data.set(thumbnail.data.subarray(4 * i, 4 * i + 3), at);
    }
  }
  return { width, height, channels: 3, data };
}

/** What there is to look at. */
function noteOf({ failure, warnings }: PhotoRecord): string {
  return failure !== undefined ? "cannot be used" : warnings.join("; ");
}

async function cell(
  sample: Sample,
  record: PhotoRecord,
  { x, bottom }: Place,
): Promise<Html> {
  const note = noteOf(record);
  const facts = record.crackShare !== undefined
    ? `${(100 * record.crackShare).toFixed(1)} % crack`
    : record.crack === undefined
    ? ""
    : record.crack
    ? "crack"
    : "no crack";
  const thumbnail = await thumbnailOf(sample);
  const [width, height] = thumbnailSize(record);
  const left = x + (SIDE - width) / 2, top = bottom - height;
  const picture = thumbnail === undefined
    ? markup`<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="#ddd"/>`
    : markup`<image x="${left}" y="${top}" width="${width}" height="${height}" href="${
      dataUrl(await encodeJpeg(thumbnail, { quality: 92 }))
    }"/>`;
  const frame = note === ""
    ? markup``
    : markup`<rect x="${left - 2}" y="${top - 2}" width="${width + 4}" height="${
      height + 4
    }" fill="none" stroke="#d00" stroke-width="4"/>`;
  return markup`<g>
<title>${
    printable([fullName(record), record.failure ?? note, facts].filter((text) => text !== "").join(": "))
  }</title>
${picture}${frame}
<text x="${x}" y="${bottom + 18}">${shorten(fullName(record))}</text>
<text x="${x}" y="${bottom + 35}" fill="${note === "" ? "#555" : "#d00"}">${shorten(note || facts)}</text>
</g>
`;
}

/** Width and height of a photo in small; of one that cannot be read, a flat box. */
function thumbnailSize({ size }: PhotoRecord): [number, number] {
  return size === undefined ? [SIDE, SIDE / 2] : fitInto(SIDE, { width: size[0], height: size[1] });
}

/** The last characters of a text that is too long, since names differ there. */
function shorten(text: string): string {
  const letters = [...printable(text)];
  return letters.length <= LETTERS ? letters.join("") : `…${letters.slice(1 - LETTERS).join("")}`;
}

/** The photo in small, with an outline around its crack where its mask fits; undefined where it cannot be read. */
async function thumbnailOf(sample: Sample): Promise<ImageData | undefined> {
  const image = await sample.image().catch(() => undefined);
  if (image === undefined) return undefined;
  const { width, height, data } = shrink(image, SIDE);
  const thumbnail = new ImageData(new Uint8ClampedArray(data), width, height);
  const truth = await sample.truth().catch(() => false);
  if (typeof truth !== "boolean" && truth.width === image.width && truth.height === image.height) {
    drawOutline(thumbnail, truth);
  }
  return thumbnail;
}

/** Colours the pixels that lie next to crack, not the crack itself, so that both are seen. */
function drawOutline({ width, height, data }: ImageData, truth: TruthMask): void {
  const [w, h] = fitInto(SIDE, truth);
  const crack = new Uint8Array(w * h);
  for (let i = 0; i < truth.data.length; i++) {
    if (truth.data[i] === 0) continue;
    const x = i % truth.width, y = Math.floor(i / truth.width);
    crack[Math.floor(y * h / truth.height) * w + Math.floor(x * w / truth.width)] = 1;
  }
  const isCrack = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < height && crack[y * w + x] === 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (isCrack(x, y)) continue;
      if (isCrack(x - 1, y) || isCrack(x + 1, y) || isCrack(x, y - 1) || isCrack(x, y + 1)) {
        data.set(OUTLINE, 4 * (y * width + x));
      }
    }
  }
}
