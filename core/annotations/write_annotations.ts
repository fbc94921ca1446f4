import {
  argumentsSchema,
  callback,
  checkArguments,
  iterable,
  oneOf,
  optional,
  optionsSchema,
  TEXT,
} from "../arguments.ts";
import type { AnnotatedPhoto } from "./annotated_photo.ts";
import type { AnnotationFile, Shapes } from "./annotation_format.ts";
import { ANNOTATION_FORMATS, type AnnotationFormatName, annotationFormats } from "./formats.ts";

/** Options of {@linkcode writeAnnotations}. */
export interface WriteAnnotationsOptions {
  /** For which program. */
  readonly format: AnnotationFormatName;
  /**
   * What a crack is called.
   *
   * @default {"crack"}
   */
  readonly label?: string;
  /** How cracks are drawn in `coco`, `labelme` and `cvat`, which know both. Default: masks, which keep holes. */
  readonly shapes?: Shapes;
  /** Called with the pixels of a photo that become crack because polygons know no holes, where there are some. */
  readonly onLoss?: (photo: AnnotatedPhoto, pixels: number) => void;
  /** Called with how many cracks of a photo share their number with another in `voc`, which has 254, where there are some. */
  readonly onShared?: (photo: AnnotatedPhoto, cracks: number) => void;
  /** Called with a sentence where a photo cannot be written; the others are. Default: an error is thrown. */
  readonly onProblem?: (problem: string) => void;
}

const ARGUMENTS = argumentsSchema({
  photos: iterable<AnnotatedPhoto>("a list of photos with their cracks"),
  options: optionsSchema<WriteAnnotationsOptions>({
    format: oneOf(...ANNOTATION_FORMATS),
    label: optional(TEXT),
    shapes: optional(oneOf("mask", "polygon")),
    onLoss: optional(callback()),
    onShared: optional(callback()),
    onProblem: optional(callback()),
  }),
});

/**
 * Writes cracks as annotations of another program: COCO, labelme, Label Studio, CVAT for images 1.1, Pascal VOC, YOLO's segmentation, or
 * plain masks.
 *
 * Files come in the order in which they are to be written, the content of each to be taken before the next is asked for; photos are taken
 * one by one and not held.
 *
 * @example
 * ```ts
 * import { crackInstances, writeAnnotations } from "../../mod.ts";
 *
 * const mask = { width: 3, height: 2, data: Uint8Array.of(1, 1, 0, 1, 1, 0) };
 * const photo = { name: "a", file: "a.jpg", width: 3, height: 2, cracks: crackInstances(mask) };
 * for await (const { path, content } of writeAnnotations([photo], { format: "yolo" })) console.log(path, content);
 * ```
 *
 * @param photos each with its cracks; names are unique among them.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if `shapes` is what the format does not know, or, without `onProblem`, a photo cannot be written.
 */
export function writeAnnotations(
  photos: Iterable<AnnotatedPhoto> | AsyncIterable<AnnotatedPhoto>,
  options: WriteAnnotationsOptions,
): AsyncGenerator<AnnotationFile> {
  checkArguments("write annotations", ARGUMENTS, { photos, options });
  const format = annotationFormats[options.format];
  const { label = "crack", shapes = format.shapes } = options;
  if (shapes !== format.shapes && !format.bothShapes) {
    throw new RangeError(
      `Cannot write annotations: ${format.title} knows no ${shapes}s, and draws ${format.shapes}s.`,
    );
  }
  return format.write(inTurn(photos), {
    label,
    shapes,
    onLoss: (photo, pixels) => {
      if (pixels > 0) options.onLoss?.(photo, pixels);
    },
    onShared: (photo, cracks) => {
      if (cracks > 0) options.onShared?.(photo, cracks);
    },
    onProblem: options.onProblem ?? ((problem) => {
      throw new RangeError(problem);
    }),
  });
}

async function* inTurn<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T> {
  yield* items;
}
