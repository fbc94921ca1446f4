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
import { paintMask, type Size } from "./bitmap.ts";
import { fillPolygon } from "./fill_polygon.ts";
import { packBrush, unpackBrush } from "./label_studio_rle.ts";
import {
  annotationFile,
  distinct,
  type Fields,
  fieldsOf,
  isNumbers,
  leftOut,
  listOf,
  readJson,
  ringOf,
  sizeOf,
} from "./parsed.ts";

const FILE = "tasks.json";

/** The control tags of the project, under the names that Label Studio's own templates give them. */
const FROM = "tag", TO = "image";

/** What Label Studio's server gives files on its own disk by, below LOCAL_FILES_DOCUMENT_ROOT. */
const LOCAL = "/data/local-files/?d=";

async function* write(
  photos: AsyncIterable<AnnotatedPhoto>,
  options: WriteOptions,
): AsyncGenerator<AnnotationFile> {
  yield { path: FILE, content: pieces(photos, options) };
  const name = JSON.stringify(options.label).slice(1, -1).replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll('\\"', "&quot;");
  yield {
    path: "labeling_config.xml",
    content: `<View>\n  <Image name="${TO}" value="$image" zoom="true"/>\n` +
      `  <BrushLabels name="${FROM}" toName="${TO}">\n    <Label value="${name}" background="red"/>\n  </BrushLabels>\n</View>\n`,
  };
}

async function* pieces(
  photos: AsyncIterable<AnnotatedPhoto>,
  { label }: WriteOptions,
): AsyncGenerator<string> {
  let first = true;
  for await (const photo of photos) {
    const { file, path = file, cracks } = photo;
    const place = { original_width: photo.width, original_height: photo.height, image_rotation: 0 };
    const result = cracks.map((crack, i) => ({
      id: `crack${i + 1}`,
      type: "brushlabels",
      from_name: FROM,
      to_name: TO,
      ...place,
      value: { format: "rle", rle: Array.from(packBrush(crack, photo)), brushlabels: [label] },
      ...(crack.score === undefined ? {} : { score: crack.score }),
    }));
    // A photo outside of the folder of annotations cannot be named from it.
    const served = path.startsWith("../") ? file : path;
    const data = { image: LOCAL + served.split("/").map(encodeURIComponent).join("/") };
    yield `${first ? "[" : ","}\n${
      JSON.stringify({ data, predictions: [{ model_version: "hairline", ...scoreOf(photo), result }] })
    }`;
    first = false;
  }
  yield first ? "[]\n" : "\n]\n";
}

/** How surely all of a photo's crack is crack: the mean over its pixels. */
function scoreOf({ cracks }: AnnotatedPhoto): { score?: number } {
  const pixels = cracks.reduce((sum, { area }) => sum + area, 0);
  if (pixels === 0 || cracks.some(({ score }) => score === undefined)) return {};
  return { score: cracks.reduce((sum, { area, score = 0 }) => sum + area * score, 0) / pixels };
}

async function open(given: string): Promise<AnnotationSet> {
  const path = await annotationFile(given, FILE);
  const tasks = await readJson(path);
  if (!Array.isArray(tasks) || tasks.some((task) => typeof fieldsOf(task).data !== "object")) {
    throw new SyntaxError(
      `Cannot read ${path} as Label Studio's: a list of tasks with data is wanted, as it exports under the name JSON.`,
    );
  }
  const looked = tasks.map(fieldsOf).map((task) => ({ task, results: resultsOf(task) }));
  const annotated = looked.flatMap(({ task, results }) => results === undefined ? [] : [{ task, results }]);
  const others = tasks.length - annotated.length;
  return {
    labels: distinct(annotated.flatMap(({ results }) => results.flatMap(labelsOf))),
    problems: others === 0 ? [] : [
      `Cannot use ${others} of the ${tasks.length} tasks of ${path}: nobody has annotated them, or they were skipped.`,
    ],
    count: annotated.length,
    *photos() {
      for (const { task, results } of annotated) yield photoOf(task, results);
    },
  };
}

/** What people have drawn; where they have not looked yet, what was predicted; nothing of a task that they skipped, or that has neither. */
function resultsOf({ annotations, predictions }: Fields): Fields[] | undefined {
  const people = listOf(annotations).map(fieldsOf);
  const chosen = people.length > 0
    ? people.filter(({ was_cancelled }) => was_cancelled !== true)
    : listOf(predictions).map(fieldsOf);
  return chosen.length === 0 ? undefined : chosen.flatMap(({ result }) => listOf(result).map(fieldsOf));
}

function labelsOf({ value }: Fields): string[] {
  const { brushlabels, polygonlabels } = fieldsOf(value);
  return listOf(brushlabels ?? polygonlabels).map(String);
}

function photoOf(task: Fields, results: readonly Fields[]): MarkedPhoto {
  const [image = ""] = Object.values(fieldsOf(task.data)).filter((value) => typeof value === "string");
  const file = fileOf(image);
  const areas: MarkedArea[] = [], unusable: UnusableShapes[] = [];
  const others: { readonly label: string; readonly kind: string }[] = [];
  let size: Size | undefined;
  for (const shape of results) {
    const { rle, points } = fieldsOf(shape.value);
    const label = labelsOf(shape)[0] ?? "";
    const own = sizeOf(shape.original_width, shape.original_height);
    size ??= own;
    if (isNumbers(rle)) {
      areas.push({
        label,
        paint: (picture) => {
          requireUpright(shape);
          paintMask(picture, { ...own ?? picture, data: unpackBrush(rle, own ?? picture) });
        },
      });
    } else if (Array.isArray(points)) {
      const ring = ringOf(points.flatMap(listOf), file);
      if (typeof ring === "string") {
        unusable.push({ labels: [label], reason: ring });
        continue;
      }
      areas.push({
        label,
        paint: (picture) => {
          requireUpright(shape);
          const { width, height } = picture;
          // In percent of the sides.
          fillPolygon(picture, ring.map(([x, y]) => [x / 100 * width, y / 100 * height] as const));
        },
      });
    } else others.push({ label: otherLabelOf(shape), kind: String(shape.type) });
  }
  return { file, size, areas, unusable: [...unusable, ...leftOut(file, others)] };
}

/** What a shape is called whose kind is none of those that mark areas: `rectanglelabels` stand under that name. */
function otherLabelOf({ type, value }: Fields): string {
  return String(listOf(fieldsOf(value)[String(type)])[0] ?? "");
}

function requireUpright({ image_rotation }: Fields): void {
  if (image_rotation === undefined || image_rotation === 0) return;
  throw new RangeError(
    `Cannot use a shape: it was drawn on the photo turned by ${image_rotation}°, and one on the photo as it is is wanted.`,
  );
}

/** The file behind the address of a task's image. */
function fileOf(image: string): string {
  const local = /[?&]d=([^&]*)/.exec(image)?.[1];
  const path = local ?? image.replace(/^[a-z][\w+.-]*:\/\/[^/]*\//i, "").replace(/[?#].*$/s, "");
  let file = path;
  try {
    file = decodeURIComponent(path);
  } catch {
    // A percent sign of its own.
  }
  // Uploads get eight hexadecimal digits before their names.
  return file.replace(/^\/?data\/upload\/(?:\d+\/)?/, "").replace(/^[\da-f]{8}-/, "");
}

/**
 * Label Studio: one JSON of tasks; a crack is a stroke of the brush, holes kept, and goes along as a prediction with its score. The file
 * labeling_config.xml beside it is the interface of a project that shows them.
 */
export const labelStudio: AnnotationFormat = {
  title: "Label Studio",
  shapes: "mask",
  bothShapes: false,
  photoFolder: "images",
  write,
  open,
};
