import { argumentsSchema, checkArguments, oneOf, optionsSchema, TEXT } from "../arguments.ts";
import type { AnnotationSet } from "./annotation_format.ts";
import { ANNOTATION_FORMATS, type AnnotationFormatName, annotationFormats } from "./formats.ts";

/** Options of {@linkcode openAnnotations}. */
export interface OpenAnnotationsOptions {
  /** Which program's they are. */
  readonly format: AnnotationFormatName;
}

const ARGUMENTS = argumentsSchema({
  path: TEXT,
  options: optionsSchema<OpenAnnotationsOptions>({ format: oneOf(...ANNOTATION_FORMATS) }),
});

/**
 * Opens annotations of another program. Nothing is marked yet: each photo's areas are painted into a picture of the photo's size.
 *
 * @example
 * ```ts ignore
 * const annotations = await openAnnotations("coco/annotations.json", { format: "coco" });
 * for await (const { file, size, areas } of annotations.photos()) {
 *   const picture = { ...size, data: new Uint8Array(size.width * size.height) };
 *   for (const { paint } of areas) await paint(picture);
 *   console.log(file, picture.data.reduce((sum, value) => sum + value, 0));
 * }
 * ```
 *
 * @param path the file of COCO, Label Studio or CVAT, or a folder with it and no other of its kind, unless it has the name that Hairline
 * gives it (`annotations.json`, `tasks.json`, `annotations.xml`); the folder of the others.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {SyntaxError} if the annotations are damaged, or of another format; else what Deno throws.
 */
export function openAnnotations(path: string, options: OpenAnnotationsOptions): Promise<AnnotationSet> {
  checkArguments("open annotations", ARGUMENTS, { path, options });
  return annotationFormats[options.format].open(path);
}
