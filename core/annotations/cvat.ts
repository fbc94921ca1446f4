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
import { fillCocoPolygon } from "./fill_polygon.ts";
import { pixelsInHoles } from "./holes.ts";
import { edgeOutlines } from "./outlines.ts";
import {
  annotationFile,
  distinct,
  type Fields,
  fieldsOf,
  leftOut,
  listOf,
  ringOf,
  sizeOf,
} from "./parsed.ts";
import { eachCrackRun, rowRuns, sumOf } from "./runs.ts";
import { escapeXml, isXmlText, parseXml } from "./xml.ts";

const FILE = "annotations.xml";

async function* write(
  photos: AsyncIterable<AnnotatedPhoto>,
  options: WriteOptions,
): AsyncGenerator<AnnotationFile> {
  yield { path: FILE, content: pieces(photos, options) };
}

async function* pieces(
  photos: AsyncIterable<AnnotatedPhoto>,
  { label, shapes, onLoss, onProblem }: WriteOptions,
): AsyncGenerator<string> {
  yield `<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n  <meta><task><labels><label><name>${
    escapeXml(label)
  }</name><type>any</type><attributes></attributes></label></labels></task></meta>\n`;
  let id = 0;
  for await (const photo of photos) {
    const { file, width, height, cracks } = photo;
    if (!isXmlText(file)) {
      onProblem(`Cannot write ${file}: XML has no way to write a control character in its name.`);
      continue;
    }
    yield `  <image id="${id++}" name="${escapeXml(file)}" width="${width}" height="${height}">\n`;
    for (const [i, crack] of cracks.entries()) {
      const drawn = shapesOf(crack, shapes);
      const group = drawn.length > 1 ? ` group_id="${i + 1}"` : "";
      for (const { tag, attributes } of drawn) {
        yield `    <${tag} label="${
          escapeXml(label)
        }" source="auto" occluded="0" ${attributes} z_order="0"${group}></${tag}>\n`;
      }
    }
    yield "  </image>\n";
    if (shapes === "polygon") onLoss(photo, pixelsInHoles(photo));
  }
  yield "</annotations>\n";
}

function shapesOf(crack: CrackInstance, shapes: Shapes): { tag: string; attributes: string }[] {
  if (shapes === "polygon") {
    return edgeOutlines(crack).outer.map((ring) => ({
      tag: "polygon",
      attributes: `points="${ring.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(";")}"`,
    }));
  }
  const { x, y, width, height } = crack;
  const rle = rowRuns({ ...crack, x: 0, y: 0 }, crack).join(", ");
  const box = `left="${x}" top="${y}" width="${width}" height="${height}"`;
  return [{ tag: "mask", attributes: `rle="${rle}" ${box}` }];
}

async function open(path: string): Promise<AnnotationSet> {
  const file = await annotationFile(path, FILE);
  const { annotations } = parseXml(await Deno.readTextFile(file), file);
  const { image, track } = fieldsOf(annotations);
  if (
    annotations === undefined || track !== undefined ||
    (image === undefined && fieldsOf(annotations).meta === undefined)
  ) {
    throw new SyntaxError(
      `Cannot read ${file} as CVAT's: ${
        track !== undefined
          ? "it is of a video, and CVAT for images 1.1"
          : "the element annotations of CVAT for images 1.1"
      } is wanted.`,
    );
  }
  const images = listOf(image).map(fieldsOf);
  return {
    labels: distinct(images.flatMap((image) => photoOf(image).areas.map(({ label }) => label))),
    problems: [],
    count: images.length,
    *photos() {
      for (const image of images) yield photoOf(image);
    },
  };
}

function photoOf(image: Fields): MarkedPhoto {
  const file = String(image.name), unusable: UnusableShapes[] = [];
  const areas: MarkedArea[] = listOf(image.mask).map(fieldsOf).map((mask) => ({
    label: String(mask.label),
    paint: (picture) => paintBox(picture, mask),
  }));
  for (const { label, points } of listOf(image.polygon).map(fieldsOf)) {
    const ring = ringOf(String(points).split(/[,;]/).map(Number), file);
    if (typeof ring === "string") unusable.push({ labels: [String(label)], reason: ring });
    else areas.push({ label: String(label), paint: (picture) => fillCocoPolygon(picture, ring) });
  }
  const others = ["box", "polyline", "points", "cuboid", "ellipse", "skeleton"].flatMap((kind) =>
    listOf(image[kind]).map((shape) => ({ label: String(fieldsOf(shape).label), kind }))
  );
  return {
    file,
    size: sizeOf(image.width, image.height),
    areas,
    unusable: [...unusable, ...leftOut(file, others)],
  };
}

function paintBox(picture: Bitmap, mask: Fields): void {
  const [x, y] = [Number(mask.left), Number(mask.top)];
  const size = sizeOf(mask.width, mask.height);
  const runs = String(mask.rle).split(",").map(Number);
  if (size === undefined || !Number.isInteger(x) || !Number.isInteger(y)) {
    throw new SyntaxError("Cannot use a mask: its box is not in whole numbers.");
  }
  const { width, height } = size;
  if (sumOf(runs) !== width * height || runs.some((run) => !(run >= 0))) {
    throw new SyntaxError(
      `Cannot use a mask: its runs cover ${sumOf(runs)} pixels where its box has ${width} × ${height}.`,
    );
  }
  const data = new Uint8Array(width * height);
  eachCrackRun(runs, (first, end) => data.fill(1, first, end));
  paintRegion(picture, { x, y, width, height, data });
}

/**
 * CVAT for images 1.1: one XML for all photos; a crack is a mask, runs along the rows of its box and holes kept, or polygons without holes.
 */
export const cvat: AnnotationFormat = {
  title: "CVAT for images 1.1",
  shapes: "mask",
  bothShapes: true,
  photoFolder: "images",
  write,
  open,
};
