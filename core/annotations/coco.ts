import type { AnnotatedPhoto, CrackInstance } from "./annotated_photo.ts";
import type {
  AnnotationFile,
  AnnotationFormat,
  AnnotationSet,
  MarkedArea,
  UnusableShapes,
  WriteOptions,
} from "./annotation_format.ts";
import { paintMask, type Size } from "./bitmap.ts";
import { decodeCocoRle, packRuns } from "./coco_rle.ts";
import { fillCocoPolygon } from "./fill_polygon.ts";
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
  const ids = new Map<unknown, number>();
  for (const { id } of images.map(fieldsOf)) ids.set(id, (ids.get(id) ?? 0) + 1);
  const byImage = Map.groupBy(annotations.map(fieldsOf), ({ image_id }) => image_id);
  const problems = [...byImage.keys()].filter((id) => !ids.has(id)).map((id) =>
    `Cannot use ${byImage.get(id)!.length} annotations of ${file}: there is no image of their image_id ${id}.`
  );
  return {
    labels: distinct(annotations.map(fieldsOf).flatMap(({ category_id }) => names.get(category_id) ?? [])),
    problems,
    count: images.length,
    *photos() {
      for (const { id, file_name, width, height } of images.map(fieldsOf)) {
        const file = String(file_name), unusable: UnusableShapes[] = [];
        const areas = (byImage.get(id) ?? []).flatMap((annotation): MarkedArea[] => {
          const label = names.get(annotation.category_id);
          if (label === undefined) {
            const reason =
              `Cannot use the annotation ${annotation.id} of ${file}: there is no category of its category_id ${annotation.category_id}.`;
            unusable.push({ labels: [], reason });
            return [];
          }
          const { paint, problems } = painterOf(annotation, file);
          unusable.push(...problems.map((reason) => ({ labels: [label], reason })));
          return paint === undefined ? [] : [{ label, paint }];
        });
        const damage = ids.get(id) === 1
          ? undefined
          : `Cannot use the annotations of ${file}: another image has its id ${id}, too.`;
        yield { file, size: sizeOf(width, height), areas, unusable, damage };
      }
    },
  };
}

function painterOf(
  { id, segmentation }: Fields,
  where: string,
): { readonly paint?: MarkedArea["paint"]; readonly problems: readonly string[] } {
  const { size, counts } = fieldsOf(segmentation);
  if (isNumbers(size) && size.length === 2 && (typeof counts === "string" || isNumbers(counts))) {
    return {
      paint: (picture) => paintMask(picture, decodeCocoRle({ size: [size[0], size[1]], counts })),
      problems: [],
    };
  }
  if (listOf(segmentation).length === 0) {
    const problem =
      `Cannot use the annotation ${id} of ${where}: it has a box, and no polygons or run lengths.`;
    return { problems: [problem] };
  }
  const parsed = listOf(segmentation).map((numbers) => ringOf(listOf(numbers), where));
  const rings = parsed.filter((ring) => typeof ring !== "string");
  const problems = parsed.filter((ring) => typeof ring === "string");
  if (rings.length === 0) return { problems };
  const paint: MarkedArea["paint"] = (picture) => {
    for (const ring of rings) fillCocoPolygon(picture, ring);
  };
  return { paint, problems };
}

/**
 * COCO: one JSON for all photos; a crack is run lengths down the columns, holes kept, or polygons without holes. pycocotools, MMDetection and
 * Detectron2 read both, Roboflow's supervision polygons only.
 */
export const coco: AnnotationFormat = {
  title: "COCO",
  shapes: "mask",
  bothShapes: true,
  photoFolder: "images",
  write,
  open,
};
