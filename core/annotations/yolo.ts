import { join } from "node:path";
import { listFiles, readFolder, statOrNull } from "../datasets/list_files.ts";
import type { AnnotatedPhoto } from "./annotated_photo.ts";
import type {
  AnnotationFile,
  AnnotationFormat,
  AnnotationSet,
  MarkedArea,
  MarkedPhoto,
  UnusableShapes,
  WriteOptions,
} from "./annotation_format.ts";
import { fillWithRim } from "./fill_polygon.ts";
import { pixelsInHoles } from "./holes.ts";
import { rimOutlines } from "./outlines.ts";
import { distinct, ringOf } from "./parsed.ts";

const FOLDER = "labels", PHOTOS = "images", DATA = "data.yaml";

/**
 * Pixels by which shares may have been rounded down: programs that write the pixels of a contour divide them by the size and round to six digits (Ultralytics' `convert_segment_masks_to_yolo_seg`), and
 * half of them would lie in the pixel before.
 */
const ROUNDING = 0.01;

async function* write(
  photos: AsyncIterable<AnnotatedPhoto>,
  { label, onLoss }: WriteOptions,
): AsyncGenerator<AnnotationFile> {
  for await (const photo of photos) {
    const { name, width, height, cracks } = photo;
    const lines = cracks.flatMap((crack) =>
      rimOutlines(crack).outer.map((ring) =>
        // Centres of pixels: readers multiply by the size, cut fractions off, fill the polygon and draw its line.
        `0 ${ring.map(([x, y]) => `${share(x + 0.5, width)} ${share(y + 0.5, height)}`).join(" ")}\n`
      )
    );
    yield { path: `${FOLDER}/${name}.txt`, content: lines.join("") };
    onLoss(photo, pixelsInHoles(photo));
  }
  // Without a `path`: Ultralytics takes the folder of this file then, and one of its own for "." or anything else that is relative.
  yield { path: DATA, content: `train: ${PHOTOS}\nval: ${PHOTOS}\nnames:\n  0: ${JSON.stringify(label)}\n` };
}

function share(value: number, side: number): string {
  return (value / side).toFixed(7).replace(/0+$/, "");
}

async function open(path: string): Promise<AnnotationSet> {
  const folder = (await readFolder(path)).folders.includes(FOLDER) ? join(path, FOLDER) : path;
  const names = await namesIn(path);
  const files = (await listFiles(folder, /\.txt$/i)).filter(({ stem }) =>
    !/(?:^|\/)(?:classes|README)/.test(stem)
  );
  if (files.length === 0) {
    throw new SyntaxError(`Cannot read ${path} as YOLO's: there is no .txt file in it.`);
  }
  const labels: string[] = [];
  for (const { path } of files) labels.push(...(await linesOf(path)).map((line) => nameOf(line, names)));
  return {
    labels: distinct(labels),
    problems: await photosWithout(files.map(({ stem }) => stem), path),
    count: files.length,
    async *photos() {
      for (const { path, stem } of files) yield photoOf(await linesOf(path), { path, stem, names });
    },
  };
}

async function linesOf(path: string): Promise<string[]> {
  return (await Deno.readTextFile(path)).split(/\r?\n/).map((line) => line.trim()).filter((line) =>
    line !== ""
  );
}

function nameOf(line: string, names: ReadonlyMap<string, string>): string {
  const [number] = line.split(/\s+/);
  return names.get(number) ?? `class ${number}`;
}

function photoOf(
  lines: readonly string[],
  { path, stem, names }: { path: string; stem: string; names: ReadonlyMap<string, string> },
): MarkedPhoto {
  const areas: MarkedArea[] = [], unusable: UnusableShapes[] = [];
  for (const [i, line] of lines.entries()) {
    const shares = line.split(/\s+/).slice(1).map(Number);
    const where = `line ${i + 1} of ${path}`;
    const label = nameOf(line, names);
    const ring = shares.length === 4
      ? `Cannot use ${where}: it is a box, and a polygon is wanted.`
      : ringOf(shares, where);
    if (typeof ring === "string") {
      unusable.push({ labels: [label], reason: ring });
      continue;
    }
    areas.push({
      label,
      paint: (picture) =>
        fillWithRim(
          picture,
          ring.map(([x, y]) => [x * picture.width + ROUNDING, y * picture.height + ROUNDING] as const),
        ),
    });
  }
  return { file: photoStem(stem), areas, unusable };
}

/** Photos that have no text, in a sentence: Ultralytics takes them for background, but nobody may have looked at them. */
async function photosWithout(labels: readonly string[], path: string): Promise<string[]> {
  const folder = join(path, PHOTOS);
  if (!(await statOrNull(folder))?.isDirectory) return [];
  const known = new Set(labels.map((stem) => photoStem(stem).normalize()));
  const missing = (await listFiles(folder)).filter(({ stem }) => !known.has(stem.normalize()));
  if (missing.length === 0) return [];
  return [
    `Cannot use ${missing.length} of the photos in ${folder}, such as ${
      missing[0].path
    }: there is no text of them in ${FOLDER}; where they show no crack, give them empty ones.`,
  ];
}

/** As Ultralytics finds a photo: where the last `labels` of the path is, `images`. */
function photoStem(stem: string): string {
  return stem.replace(/^(.*\/|)labels\//s, "$1images/");
}

/** The names of classes by their numbers, out of data.yaml: a list in brackets, one of lines with dashes, or lines of numbers and names. */
async function namesIn(folder: string): Promise<Map<string, string>> {
  const path = join(folder, DATA), names = new Map<string, string>();
  if (await statOrNull(path) === null) return names;
  const lines = (await Deno.readTextFile(path)).split(/\r?\n/);
  const start = lines.findIndex((line) => /^names\s*:/.test(line));
  if (start < 0) return names;
  const inline = /^names\s*:\s*\[(.*)\]/.exec(lines[start])?.[1];
  if (inline !== undefined) {
    inline.split(",").forEach((name, i) => names.set(String(i), unquoted(name)));
    return names;
  }
  for (const line of lines.slice(start + 1)) {
    const [, number, name] = /^\s*(?:(\d+)\s*:|-)\s*(.+)$/.exec(line) ?? [];
    if (name === undefined) break;
    names.set(number ?? String(names.size), unquoted(name));
  }
  return names;
}

function unquoted(text: string): string {
  const trimmed = text.replace(/\s+#.*$/, "").trim();
  return /^(["']).*\1$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
}

/**
 * YOLO's segmentation: a line of shares of width and height for each crack in one text a photo, and data.yaml. Holes are filled: the format
 * knows none.
 */
export const yolo: AnnotationFormat = {
  title: "YOLO",
  shapes: "polygon",
  bothShapes: false,
  photoFolder: PHOTOS,
  write,
  open,
};
