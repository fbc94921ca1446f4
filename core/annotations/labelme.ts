import { basename, dirname, join, posix } from "node:path";
import { listFiles } from "../datasets/list_files.ts";
import { decodeFile } from "../images/decode_file.ts";
import { encodePng } from "../images/encode_png.ts";
import type { AnnotatedPhoto, CrackInstance } from "./annotated_photo.ts";
import type {
  AnnotationFile,
  AnnotationFormat,
  AnnotationSet,
  MarkedArea,
  MarkedPhoto,
  Shapes,
  UnusableShapes,
  WriteOptions,
} from "./annotation_format.ts";
import { type Bitmap, paintRegion } from "./bitmap.ts";
import { fillWithRim } from "./fill_polygon.ts";
import { pixelsInHoles } from "./holes.ts";
import { rimOutlines } from "./outlines.ts";
import { type Fields, fieldsOf, isNumbers, leftOut, listOf, readJson, ringOf, sizeOf } from "./parsed.ts";

/** The version of the format that is written. */
const VERSION = "5.5.0";

async function* write(
  photos: AsyncIterable<AnnotatedPhoto>,
  { label, shapes, onLoss }: WriteOptions,
): AsyncGenerator<AnnotationFile> {
  for await (const photo of photos) {
    const { name, file, width, height, cracks } = photo;
    const path = `${name}.json`;
    const drawn = [];
    for (const [i, crack] of cracks.entries()) {
      const parts = await shapesOf(crack, shapes);
      const group_id = parts.length > 1 ? i : null;
      drawn.push(...parts.map((part) => ({ label, group_id, description: "", flags: {}, ...part })));
    }
    const content = {
      version: VERSION,
      flags: {},
      shapes: drawn,
      imagePath: posix.relative(posix.dirname(path), photo.path ?? file),
      imageData: null,
      imageHeight: height,
      imageWidth: width,
    };
    yield { path, content: `${JSON.stringify(content)}\n` };
    if (shapes === "polygon") onLoss(photo, pixelsInHoles(photo));
  }
}

async function shapesOf(crack: CrackInstance, shapes: Shapes): Promise<Fields[]> {
  if (shapes === "polygon") {
    // Centres of pixels: labelme cuts fractions off before it fills a polygon and draws its line.
    return rimOutlines(crack).outer.map((ring) => ({
      shape_type: "polygon",
      points: ring.map(([x, y]) => [x + 0.5, y + 0.5]),
    }));
  }
  const { x, y, width, height, data } = crack;
  const mask = await encodePng({ width, height, channels: 1, data });
  return [{
    shape_type: "mask",
    points: [[x, y], [x + width - 1, y + height - 1]],
    mask: mask.toBase64(),
  }];
}

async function open(path: string): Promise<AnnotationSet> {
  const files = (await Deno.stat(path)).isDirectory
    ? await listFiles(path, /\.json$/i)
    : [{ path, stem: basename(path).replace(/\.json$/i, "") }];
  const labels = new Set<string>(), problems: string[] = [], usable: typeof files = [];
  for (const file of files) {
    const content = await readJson(file.path).catch((error) => {
      if (error instanceof SyntaxError) return error;
      throw error;
    });
    if (content instanceof SyntaxError) problems.push(content.message);
    else if (!Array.isArray(fieldsOf(content).shapes)) {
      problems.push(`Cannot read ${file.path} as labelme: an object with the list shapes is wanted.`);
    } else {
      usable.push(file);
      for (const shape of listOf(fieldsOf(content).shapes)) labels.add(String(fieldsOf(shape).label));
    }
  }
  if (usable.length === 0) {
    throw new SyntaxError(problems[0] ?? `Cannot read ${path} as labelme: there is no JSON file in it.`);
  }
  return {
    labels: [...labels],
    problems,
    count: usable.length,
    async *photos() {
      for (const { path, stem } of usable) yield photoOf(fieldsOf(await readJson(path)), { path, stem });
    },
  };
}

function photoOf(content: Fields, { path, stem }: { path: string; stem: string }): MarkedPhoto {
  const { shapes, imagePath, imageWidth, imageHeight } = content;
  const areas: MarkedArea[] = [], unusable: UnusableShapes[] = [];
  const others: { readonly label: string; readonly kind: string }[] = [];
  for (const shape of listOf(shapes).map(fieldsOf)) {
    const label = String(shape.label);
    const numbers = listOf(shape.points).flatMap(listOf);
    const addPolygon = (corners: readonly unknown[]) => {
      const ring = ringOf(corners, path);
      if (typeof ring === "string") unusable.push({ labels: [label], reason: ring });
      else areas.push({ label, paint: (picture) => fillWithRim(picture, ring) });
    };
    switch (shape.shape_type ?? "polygon") {
      case "polygon":
      case "oriented_rectangle":
        addPolygon(numbers);
        break;
      case "rectangle": {
        const [x0, y0, x1, y1] = numbers;
        addPolygon([x0, y0, x1, y0, x1, y1, x0, y1]);
        break;
      }
      case "mask":
        areas.push({ label, paint: (picture) => paintCrop(picture, numbers, shape.mask) });
        break;
      default:
        others.push({ label, kind: String(shape.shape_type) });
    }
  }
  return {
    file: stem,
    // On Windows labelme writes backslashes.
    ...(typeof imagePath === "string" ? { path: join(dirname(path), imagePath.replaceAll("\\", "/")) } : {}),
    size: sizeOf(imageWidth, imageHeight),
    areas,
    unusable: [...unusable, ...leftOut(path, others)],
  };
}

/** Marks a mask whose upper left corner is the first of its points. */
async function paintCrop(picture: Bitmap, [x, y]: readonly unknown[], mask: unknown): Promise<void> {
  if (typeof mask !== "string" || !isNumbers([x, y])) {
    throw new SyntaxError("Cannot use a mask: its points or its picture are missing.");
  }
  const { width, height, data: rgba } = await decodeFile(bytesOf(mask), { samples: "stored" });
  const data = new Uint8Array(width * height).map((_, i) => rgba[4 * i] === 0 ? 0 : 1);
  paintRegion(picture, { x: Math.round(Number(x)), y: Math.round(Number(y)), width, height, data });
}

function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(base64);
  } catch (cause) {
    throw new SyntaxError("Cannot use a mask: its picture is not in base64.", { cause });
  }
}

/**
 * labelme: one JSON a photo; a crack is a mask, holes kept, which labelme shows from 5.3 on, or polygons through the pixels at its rim,
 * which every labelme shows and exports as the same pixels, holes filled.
 */
export const labelme: AnnotationFormat = {
  title: "labelme",
  shapes: "mask",
  bothShapes: true,
  photoFolder: "",
  write,
  open,
};
