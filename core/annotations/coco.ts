import type { AnnotatedPhoto, CrackInstance } from "./annotated_photo.ts";
import type {
  AnnotationFile,
  AnnotationFormat,
  AnnotationSet,
  MarkedArea,
  WriteOptions,
} from "./annotation_format.ts";
import { paintMask, type Size } from "./bitmap.ts";
import { decodeCocoRle, packRuns } from "./coco_rle.ts";
import { fillPolygon } from "./fill_polygon.ts";
import { pixelsInHoles } from "./holes.ts";
import { edgeOutlines } from "./outlines.ts";
import {
  annotationFile,
  distinct,
  type Fields,
  fieldsOf,
  isNumbers,
  listOf,
  readJson,
  ringOf,
  sizeOf,
} from "./parsed.ts";
import { columnRuns } from "./runs.ts";

const FILE = "annotations.json";

async function* write(
  photos: AsyncIterable<AnnotatedPhoto>,
  options: WriteOptions,
): AsyncGenerator<AnnotationFile> {
  yield { path: FILE, content: pieces(photos, options) };
}

/** Annotations come before images in the text: those of a photo are let go of as it is written, and only its name is kept. */
async function* pieces(photos: AsyncIterable<AnnotatedPhoto>, options: WriteOptions): AsyncGenerator<string> {
  const { label, shapes, onLoss } = options;
  const categories = [{ id: 1, name: label, supercategory: "" }];
  yield `{"info":{"description":"Cracks"},"licenses":[],"categories":${
    JSON.stringify(categories)
  },\n"annotations":[`;
  const images: string[] = [];
  let id = 0;
  for await (const photo of photos) {
    const { file, width, height, cracks } = photo;
    const image = images.length + 1;
    images.push(JSON.stringify({ id: image, file_name: file, width, height }));
    for (const crack of cracks) {
      const { x, y, area, score } = crack;
      const annotation = {
        id: ++id,
        image_id: image,
        category_id: 1,
        segmentation: segmentationOf(crack, photo, shapes),
        area,
        bbox: [x, y, crack.width, crack.height],
        iscrowd: 0,
        ...(score === undefined ? {} : { score: round(score) }),
      };
      yield `${id === 1 ? "" : ","}\n${JSON.stringify(annotation)}`;
    }
    if (shapes === "polygon") onLoss(photo, pixelsInHoles(photo));
  }
  yield `\n],\n"images":[\n${images.join(",\n")}\n]}\n`;
}

function segmentationOf(crack: CrackInstance, { width, height }: Size, shapes: "mask" | "polygon"): unknown {
  if (shapes === "polygon") return edgeOutlines(crack).outer.map((ring) => ring.flat());
  return { size: [height, width], counts: packRuns(columnRuns(crack, { width, height })) };
}

function round(score: number): number {
  return Math.round(score * 1e4) / 1e4;
}

async function open(path: string): Promise<AnnotationSet> {
  const file = await annotationFile(path, FILE);
  const { images, annotations, categories } = fieldsOf(await readJson(file));
  if (!Array.isArray(images) || !Array.isArray(annotations) || !Array.isArray(categories)) {
    throw new SyntaxError(
      `Cannot read ${file} as COCO: an object with the lists images, annotations and categories is wanted.`,
    );
  }
  const names = new Map(categories.map(fieldsOf).map(({ id, name }) => [id, String(name)]));
  const ids = new Set(images.map((image) => fieldsOf(image).id));
  const byImage = Map.groupBy(annotations.map(fieldsOf), ({ image_id }) => image_id);
  const problems = [...byImage.keys()].filter((id) => !ids.has(id)).map((id) =>
    `Cannot use ${byImage.get(id)!.length} annotations of ${file}: there is no image of their image_id ${id}.`
  );
  const labelOf = ({ category_id }: Fields) => names.get(category_id) ?? `category ${category_id}`;
  return {
    labels: distinct(annotations.map(fieldsOf).map(labelOf)),
    problems,
    count: images.length,
    *photos() {
      for (const { id, file_name, width, height } of images.map(fieldsOf)) {
        const file = String(file_name), problems: string[] = [];
        const areas = (byImage.get(id) ?? []).flatMap((annotation) => {
          const paint = painterOf(annotation, { where: file, problems });
          return paint === undefined ? [] : [{ label: labelOf(annotation), paint }];
        });
        yield { file, size: sizeOf(width, height), areas, problems };
      }
    },
  };
}

function painterOf(
  { id, segmentation }: Fields,
  { where, problems }: { readonly where: string; readonly problems: string[] },
): MarkedArea["paint"] | undefined {
  const { size, counts } = fieldsOf(segmentation);
  if (isNumbers(size) && size.length === 2 && (typeof counts === "string" || isNumbers(counts))) {
    return (picture) => paintMask(picture, decodeCocoRle({ size: [size[0], size[1]], counts }));
  }
  if (listOf(segmentation).length === 0) {
    problems.push(
      `Cannot use the annotation ${id} of ${where}: it has a box, and no polygons or run lengths.`,
    );
    return;
  }
  const rings = listOf(segmentation).map((numbers) => ringOf(listOf(numbers), { where, problems }))
    .filter((ring) => ring !== undefined);
  if (rings.length === 0) return;
  return (picture) => {
    for (const ring of rings) fillPolygon(picture, ring);
  };
}

/**
 * COCO: one JSON for all photos; a crack is run lengths down the columns, holes kept, or polygons without holes. pycocotools, MMDetection,
 * Detectron2 and Roboflow read it.
 */
export const coco: AnnotationFormat = {
  title: "COCO",
  shapes: "mask",
  bothShapes: true,
  photoFolder: "images",
  write,
  open,
};
