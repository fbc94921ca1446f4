import { dirname, extname, join, relative } from "node:path";
import {
  type AnnotatedPhoto,
  crackInstances,
  type Instances,
} from "../../core/annotations/annotated_photo.ts";
import type { Shapes } from "../../core/annotations/annotation_format.ts";
import { type AnnotationFormatName, annotationFormats } from "../../core/annotations/formats.ts";
import { writeAnnotations } from "../../core/annotations/write_annotations.ts";
import { describeError, UsageError } from "../cli/errors.ts";
import { isFile } from "../files/presence.ts";
import { writeWhole } from "../files/write_whole.ts";
import { fileOf, type MaskedPhoto, readRunMask } from "./run_masks.ts";

/** Formats that have a field for a score. */
const SCORED: ReadonlySet<AnnotationFormatName> = new Set(["coco", "label-studio"]);

/** Formats whose programs open photos where they lie. */
const OPENS_PHOTOS: ReadonlySet<AnnotationFormatName> = new Set(["labelme"]);

/** Options of {@linkcode exportAnnotations}. */
export interface ExportOptions {
  /** The folder of annotations, which is there. */
  readonly out: string;
  readonly format: AnnotationFormatName;
  readonly instances: Instances;
  readonly shapes: Shapes | undefined;
  /** What a crack is called. */
  readonly label: string;
  /** What of the confidence map is crack, 0..1. Without: what the mask says. */
  readonly sure: number | undefined;
  /** Whether photos are copied beside the annotations. */
  readonly withPhotos: boolean;
  /** Called when a photo is done. */
  readonly onPhoto: (name: string) => void;
  /** Called with what cannot be written; the rest is. */
  readonly onFailure: (problem: string) => void;
}

/** What was written. */
export interface ExportSummary {
  readonly photos: number;
  readonly cracks: number;
  readonly files: number;
  /** Pixels of photos that became crack because polygons know no holes. */
  readonly losses: readonly { readonly name: string; readonly pixels: number }[];
  /** Cracks of photos that share their number with another, because the format has too few. */
  readonly shared: readonly { readonly name: string; readonly cracks: number }[];
  /** What could not be written, in sentences. */
  readonly failures: readonly string[];
}

/** Writes the cracks of photos as annotations; one photo is in memory at a time. */
export async function exportAnnotations(
  masks: readonly MaskedPhoto[],
  options: ExportOptions,
): Promise<ExportSummary> {
  const { out, format, shapes, label, onPhoto, onFailure } = options;
  const failures: string[] = [], losses: { name: string; pixels: number }[] = [];
  const shared: { name: string; cracks: number }[] = [];
  let photos = 0, cracks = 0, files = 0;
  const onProblem = (problem: string) => {
    failures.push(problem);
    onFailure(problem);
  };
  const annotated = async function* () {
    for (const masked of masks) {
      try {
        const photo = await annotate(masked, options);
        yield photo;
        photos++;
        cracks += photo.cracks.length;
        if (options.withPhotos && masked.photo !== undefined) files++;
      } catch (error) {
        if (error instanceof Deno.errors.NotCapable) throw error;
        onProblem(describeError(error));
      }
      onPhoto(masked.name);
    }
  };
  const written = writeAnnotations(annotated(), {
    ...{ format, shapes, label, onProblem },
    onLoss: ({ name }, pixels) => losses.push({ name, pixels }),
    onShared: ({ name }, cracks) => shared.push({ name, cracks }),
  });
  for await (const { path, content } of written) {
    await writeWhole(join(out, path), content);
    files++;
  }
  return { photos, cracks, files, losses, shared, failures };
}

/** A photo with its cracks; it is copied if it shall be. */
async function annotate(
  masked: MaskedPhoto,
  { out, format, instances, sure, withPhotos }: ExportOptions,
): Promise<AnnotatedPhoto> {
  const { name, photo } = masked;
  if (photo !== undefined && (withPhotos || OPENS_PHOTOS.has(format)) && !await isFile(photo)) {
    throw new UsageError(
      `Cannot write the mask of ${name}: there is no photo ${photo}; say with --photos where it lies.`,
    );
  }
  const mask = await readRunMask(masked, { sure, score: SCORED.has(format) });
  const { width, height, confidence } = mask;
  const facts = { name, width, height, cracks: crackInstances(mask, { instances, confidence }) };
  const file = fileOf(masked);
  if (photo === undefined) return { ...facts, file };
  if (!withPhotos) {
    if (!await isFile(photo)) return { ...facts, file };
    const path = relative(await Deno.realPath(out), await Deno.realPath(photo)).replaceAll("\\", "/");
    return { ...facts, file, path };
  }
  // Programs pair a photo and its annotations by their names, extensions aside.
  const copy = name + extname(photo);
  const path = join(annotationFormats[format].photoFolder, copy);
  await Deno.mkdir(dirname(join(out, path)), { recursive: true });
  await Deno.copyFile(photo, join(out, path));
  return { ...facts, file: copy, path: path.replaceAll("\\", "/") };
}
