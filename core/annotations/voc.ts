import { join } from "node:path";
import { listFiles, statOrNull } from "../datasets/list_files.ts";
import { decodeFile } from "../images/decode_file.ts";
import { encodePng } from "../images/encode_png.ts";
import type { AnnotatedPhoto } from "./annotated_photo.ts";
import type {
  AnnotationFile,
  AnnotationFormat,
  AnnotationSet,
  MarkedPhoto,
  WriteOptions,
} from "./annotation_format.ts";
import { paintMask } from "./bitmap.ts";
import { distinct } from "./parsed.ts";

const CLASSES = "SegmentationClass", OBJECTS = "SegmentationObject";
const LISTS = "ImageSets/Segmentation", LIST = `${LISTS}/default.txt`, COLOURS = "labelmap.txt";

/** The last number that is none of a class: it says "ignore". */
const VOID = 255;

/** The numbers that a crack may have. */
const OBJECTS_KNOWN = VOID - 1;

/**
 * The colours of Pascal VOC, by number (VOCdevkit's `VOClabelcolormap`): bits 0, 3 and 6 of the number are the highest of red, bits 1, 4, 7
 * those of green, 2 and 5 those of blue.
 */
const PALETTE: Uint8Array = Uint8Array.from({ length: 3 * 256 }, (_, i) => {
  let value = 0;
  for (let bit = 0; bit < 8; bit++) value |= (Math.floor(i / 3) >> 3 * bit + i % 3 & 1) << 7 - bit;
  return value;
});

async function* write(
  photos: AsyncIterable<AnnotatedPhoto>,
  { label, onShared, onProblem }: WriteOptions,
): AsyncGenerator<AnnotationFile> {
  const names: string[] = [];
  for await (const photo of photos) {
    const { name, width, height, cracks } = photo;
    if (/[\r\n]|^\s|\s$/.test(name)) {
      onProblem(
        `Cannot write ${name}: a list of names has no way to write a line's end, or a space at its beginning or end, in its name.`,
      );
      continue;
    }
    const size = { width, height, channels: 1, palette: PALETTE } as const;
    const classes = new Uint8Array(width * height), objects = new Uint8Array(width * height);
    for (const [i, crack] of cracks.entries()) {
      for (let v = 0; v < crack.height; v++) {
        for (let u = 0, at = (crack.y + v) * width + crack.x; u < crack.width; u++, at++) {
          if (crack.data[v * crack.width + u] === 0) continue;
          classes[at] = 1;
          // A palette has no more numbers: they come again.
          objects[at] = 1 + i % OBJECTS_KNOWN;
        }
      }
    }
    yield { path: `${CLASSES}/${name}.png`, content: await encodePng({ ...size, data: classes }) };
    yield { path: `${OBJECTS}/${name}.png`, content: await encodePng({ ...size, data: objects }) };
    names.push(name);
    onShared(photo, Math.max(0, cracks.length - OBJECTS_KNOWN));
  }
  // A line is a name, without quotes, whatever it holds: so Datumaro, CVAT and mmsegmentation read lists of segmentations.
  yield { path: LIST, content: names.map((name) => `${name}\n`).join("") };
  const colour = (index: number) => PALETTE.subarray(3 * index, 3 * index + 3).join(",");
  yield {
    path: COLOURS,
    content: `# label:color_rgb:parts:actions\nbackground:${colour(0)}::\n${label}:${colour(1)}::\n`,
  };
}

async function open(path: string): Promise<AnnotationSet> {
  const folder = join(path, CLASSES);
  if (!(await statOrNull(folder))?.isDirectory) {
    throw new SyntaxError(`Cannot read ${path} as Pascal VOC: there is no folder ${CLASSES} in it.`);
  }
  const named = await coloursIn(join(path, COLOURS));
  const classes: Classes = {
    colours: named ?? new Map(Array.from({ length: VOID - 1 }, (_, i) => [colourOf(i + 1), "crack"])),
    source: named === undefined ? `Pascal VOC, in want of a ${COLOURS},` : COLOURS,
  };
  const files = await listFiles(folder, /\.png$/i);
  return {
    labels: distinct(classes.colours.values()),
    problems: await listedWithout(files.map(({ stem }) => stem), path),
    masks: files.map(({ path }) => path),
    count: files.length,
    async *photos() {
      for (const { path, stem } of files) yield await photoOf(path, stem, classes);
    },
  };
}

/**
 * What lists name that has no mask, in a sentence: Datumaro and CVAT write none where nothing was drawn, be it that there is no crack, or that nobody has looked.
 */
async function listedWithout(masks: readonly string[], path: string): Promise<string[]> {
  const lists = join(path, LISTS);
  if (!(await statOrNull(lists))?.isDirectory) return [];
  const known = new Set(masks.map((name) => name.normalize())), missing = new Set<string>();
  for (const { path } of await listFiles(lists, /\.txt$/i)) {
    for (const line of (await Deno.readTextFile(path)).split(/\r?\n/)) {
      const name = line.trim();
      if (name !== "" && !known.has(name.normalize())) missing.add(name);
    }
  }
  const [first] = missing;
  if (first === undefined) return [];
  return [
    `Cannot use ${missing.size} of the names in ${lists}, such as ${first}: there is no mask of them in ${CLASSES}; where they show no crack, give them black ones.`,
  ];
}

/** What colours mean. */
interface Classes {
  /** The names of classes by their colours, background left out. Where no file has them, every colour of the palette is a crack's. */
  readonly colours: ReadonlyMap<number, string>;
  /** What says so, as the subject of a sentence. */
  readonly source: string;
}

/** The names of classes by their colours, background left out; `undefined` where there is no file of them. */
async function coloursIn(path: string): Promise<ReadonlyMap<number, string> | undefined> {
  if (await statOrNull(path) === null) return undefined;
  const colours = new Map<number, string>();
  for (const line of (await Deno.readTextFile(path)).split(/\r?\n/)) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [name, colour = ""] = line.split(":");
    const [red, green, blue] = colour.split(",").map(Number);
    if (![red, green, blue].every((value) => value >= 0 && value <= 255)) {
      throw new SyntaxError(`Cannot read ${path}: its line "${line}" is not like crack:128,0,0::.`);
    }
    if (name !== "background") colours.set(red << 16 | green << 8 | blue, name);
  }
  return colours;
}

function colourOf(index: number): number {
  const [red, green, blue] = PALETTE.subarray(3 * index);
  return red << 16 | green << 8 | blue;
}

/** What each class marks in a mask. Its "ignore" is what no class marks. */
async function photoOf(
  path: string,
  stem: string,
  { colours, source }: Classes,
): Promise<MarkedPhoto> {
  let image: ImageData;
  try {
    image = await decodeFile(await Deno.readFile(path), { samples: "stored" });
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError)) {
      throw error;
    }
    return { file: stem, areas: [], damage: `${path}: ${error.message}`, unusable: [] };
  }
  const { width, height, data: rgba } = image;
  const masks = new Map<string, Uint8Array>(), unknown = new Set<number>();
  for (let i = 0, at = 0; i < width * height; i++, at += 4) {
    const colour = rgba[at] << 16 | rgba[at + 1] << 8 | rgba[at + 2];
    if (colour === 0) continue;
    const label = colours.get(colour);
    if (label === undefined) unknown.add(colour);
    else {
      if (!masks.has(label)) masks.set(label, new Uint8Array(width * height));
      masks.get(label)![i] = 1;
    }
  }
  unknown.delete(colourOf(VOID));
  const colour = [...unknown][0]?.toString(16).padStart(6, "0");
  return {
    file: stem,
    size: { width, height },
    areas: [...masks].map(([label, data]) => ({
      label,
      paint: (picture) => paintMask(picture, { width, height, data }),
    })),
    unusable: unknown.size === 0 ? [] : [{
      labels: [],
      reason: `Cannot use a part of ${path}: ${source} has no class of its colour #${colour}.`,
    }],
  };
}

/**
 * Pascal VOC, which CVAT calls segmentation mask 1.1: a palette PNG of classes and one of cracks for each photo. Holes are
 * kept. The format has 254 numbers for the cracks of a photo: further ones share theirs.
 */
export const voc: AnnotationFormat = {
  title: "Pascal VOC",
  shapes: "mask",
  bothShapes: false,
  photoFolder: "JPEGImages",
  write,
  open,
};
