import type { AnnotationFormat } from "./annotation_format.ts";
import { coco } from "./coco.ts";
import { cvat } from "./cvat.ts";
import { labelStudio } from "./label_studio.ts";
import { labelme } from "./labelme.ts";
import { masks } from "./mask_files.ts";
import { voc } from "./voc.ts";
import { yolo } from "./yolo.ts";

/** The formats of annotations, in the order in which the tasks offer them. */
export const ANNOTATION_FORMATS = [
  "coco",
  "labelme",
  "label-studio",
  "cvat",
  "voc",
  "yolo",
  "masks",
] as const;

/** How annotations lie in files. */
export type AnnotationFormatName = typeof ANNOTATION_FORMATS[number];

/** What each of them is. */
export const annotationFormats: Readonly<Record<AnnotationFormatName, AnnotationFormat>> = {
  coco,
  labelme,
  "label-studio": labelStudio,
  cvat,
  voc,
  yolo,
  masks,
};
