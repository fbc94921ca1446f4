import { join } from "node:path";
import { listFiles, readFolder } from "../datasets/list_files.ts";
import { settleReading } from "../datasets/read_mask.ts";
import type { TruthReader } from "../datasets/sample.ts";
import { encodePng } from "../images/encode_png.ts";
import type { AnnotatedPhoto } from "./annotated_photo.ts";
import type { AnnotationFile, AnnotationFormat, AnnotationSet, MarkedPhoto } from "./annotation_format.ts";
import { type Bitmap, paintMask, paintRegion } from "./bitmap.ts";

const FOLDER = "masks";

/** How plain masks are read: any two values are ground and crack, the greater one crack; none is turned, lest what was exported comes back otherwise. */
export const PLAIN_MASKS = { rule: "recognise", inverted: false } as const;

async function* write(photos: AsyncIterable<AnnotatedPhoto>): AsyncGenerator<AnnotationFile> {
  for await (const { name, width, height, cracks } of photos) {
    const mask: Bitmap = { width, height, data: new Uint8Array(width * height) };
    for (const crack of cracks) paintRegion(mask, crack);
    const { data } = mask;
    for (let i = 0; i < data.length; i++) data[i] *= 255;
    yield { path: `${FOLDER}/${name}.png`, content: await encodePng({ width, height, channels: 1, data }) };
  }
}

async function open(path: string): Promise<AnnotationSet> {
  const folder = (await readFolder(path)).folders.includes(FOLDER) ? join(path, FOLDER) : path;
  const files = await listFiles(folder);
  if (files.length === 0) throw new SyntaxError(`Cannot read ${path}: there is no mask in it.`);
  const { read } = await settleReading(files.map(({ path }) => path), PLAIN_MASKS);
  return {
    labels: ["crack"],
    problems: [],
    masks: files.map(({ path }) => path),
    count: files.length,
    async *photos() {
      for (const { path, stem } of files) yield await photoOf(path, { stem, read });
    },
  };
}

async function photoOf(
  path: string,
  { stem, read }: { readonly stem: string; readonly read: TruthReader },
): Promise<MarkedPhoto> {
  try {
    const mask = await read(await Deno.readFile(path));
    const { width, height } = mask;
    // A mask without crack marks nothing.
    const areas = mask.data.includes(1)
      ? [{ label: "crack", paint: (picture: Bitmap) => paintMask(picture, mask) }]
      : [];
    return { file: stem, size: { width, height }, areas, unusable: [] };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError)) {
      throw error;
    }
    return { file: stem, areas: [], damage: `${path}: ${error.message}`, unusable: [] };
  }
}

/** Plain masks: one PNG a photo, 255 where there is crack and 0 elsewhere; of any other two values the greater is crack. */
export const masks: AnnotationFormat = {
  title: "masks",
  shapes: "mask",
  bothShapes: false,
  photoFolder: "images",
  write,
  open,
};
