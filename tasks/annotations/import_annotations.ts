import type { AnnotationSet, MarkedPhoto } from "../../core/annotations/annotation_format.ts";
import { type Bitmap, countCrack, describeSize, paintMask } from "../../core/annotations/bitmap.ts";
import { decodeFile } from "../../core/images/decode_file.ts";
import type { FailureRecord } from "../batch/manifests.ts";
import { writeMaps } from "../batch/maps.ts";
import { describeError, UsageError } from "../cli/errors.ts";
import type { Photo } from "../files/photo_list.ts";
import { sha256 } from "../files/sha256.ts";
import type { PhotoRecord } from "../label/manifest.ts";
import type { PhotoFinder } from "./find_photos.ts";

/**
 * Which labels of annotations are crack: those that were asked for; where none was, the only one there is.
 *
 * @throws {UsageError} if there are several and none was asked for, or one that was asked for is not there.
 */
export function crackLabels(labels: readonly string[], wanted: readonly string[]): ReadonlySet<string> {
  const known = labels.map((label) => JSON.stringify(label)).join(", ");
  const missing = wanted.find((label) => !labels.includes(label));
  if (missing !== undefined) {
    throw new UsageError(
      `Cannot take ${JSON.stringify(missing)} for crack: the annotations have ${known || "no class at all"}.`,
    );
  }
  if (wanted.length === 0 && labels.length > 1) {
    throw new UsageError(
      `Cannot tell which class is crack: the annotations have ${known}; name it with --class.`,
    );
  }
  return new Set(wanted.length > 0 ? wanted : labels);
}

/** Options of {@linkcode importAnnotations}. */
export interface ImportOptions {
  /** The folder of labels. */
  readonly out: string;
  readonly crack: ReadonlySet<string>;
  readonly find: PhotoFinder;
  /** Called when a photo is done. */
  readonly onPhoto: (name: string) => void;
  /** Called with what cannot be used; the rest is. */
  readonly onFailure: (failure: FailureRecord) => void;
}

/** Writes the masks and confidence maps of annotated photos, and gives a record of each. */
export async function importAnnotations(
  annotations: AnnotationSet,
  options: ImportOptions,
): Promise<PhotoRecord[]> {
  const { find, onPhoto, onFailure } = options;
  const records = new Map<string, PhotoRecord>();
  for (const problem of annotations.problems) onFailure({ name: "", path: "", error: problem });
  for await (const marked of annotations.photos()) {
    const start = performance.now();
    const found = await find(marked);
    const { name, path } = typeof found === "string" ? { name: marked.file, path: "" } : found;
    const fail = (error: string) => onFailure({ name, path, error });
    for (const { reason } of marked.unusable) fail(reason);
    if (marked.damage !== undefined) fail(marked.damage);
    else if (typeof found === "string") fail(found);
    else if (records.has(name)) {
      fail(`Cannot use the annotations of ${marked.file}: there are others of ${path}.`);
    } else {
      try {
        const photo = await readPhotoFacts(found, marked);
        const mask = await paint(marked, photo, { ...options, report: fail });
        const crackPixels = countCrack(mask);
        if (crackPixels === 0 && showsCrack(marked, options.crack)) {
          throw new RangeError(
            `Cannot use the annotations of ${marked.file}: they mark no pixel as crack, though there is one.`,
          );
        }
        const { width, height, data } = mask;
        const files = await writeMaps(options.out, name, {
          ...{ width, height, mask: data, confidence: Float32Array.from(data) },
        });
        records.set(name, {
          ...{ name, path, sha256: photo.sha256, width, height, crackPixels },
          crackShare: crackPixels / (width * height),
          // Whoever drew it meant it, be it nothing at all.
          usableForTraining: true,
          stages: [],
          seconds: (performance.now() - start) / 1000,
          files,
          labelledAt: new Date().toISOString(),
        });
      } catch (error) {
        if (error instanceof Deno.errors.NotCapable || !isAboutFile(error)) throw error;
        fail(describeError(error));
      }
    }
    onPhoto(name);
  }
  return [...records.values()];
}

/** Whether annotations speak of crack in a photo, or may do so, be it by shapes that mark no area. */
function showsCrack({ areas, unusable }: MarkedPhoto, crack: ReadonlySet<string>): boolean {
  return areas.some(({ label }) => crack.has(label)) ||
    unusable.some(({ labels }) => labels.length === 0 || labels.some((label) => crack.has(label)));
}

/** Whether an error speaks of what a file holds, or of a file that cannot be read, not of a fault of the program or a full disk. */
function isAboutFile(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    [SyntaxError, TypeError, RangeError].some((kind) =>
      error instanceof kind && /(?:^|: )Cannot .+\.$/s.test(error.message)
    );
}

interface PhotoFacts {
  readonly width: number;
  readonly height: number;
  readonly sha256: string;
}

async function readPhotoFacts({ path }: Photo, { file, size }: MarkedPhoto): Promise<PhotoFacts> {
  const bytes = await Deno.readFile(path);
  const image = await decodeFile(bytes).catch((error) => {
    if (error instanceof Error) error.message = `${path}: ${error.message}`;
    throw error;
  });
  const { width, height } = image;
  if (size !== undefined && (size.width !== width || size.height !== height)) {
    const turned = size.width === height && size.height === width ? ", upright," : "";
    throw new RangeError(
      `Cannot use the annotations of ${file}: they are of a photo of ${
        describeSize(size)
      }, but ${path} is${turned} ` +
        `${describeSize(image)}.`,
    );
  }
  return { width, height, sha256: await sha256(bytes) };
}

/** Marks all areas that are crack. A mask that lacks one would call crack background: then there is none. */
async function paint(
  { file, areas }: MarkedPhoto,
  { width, height }: PhotoFacts,
  { crack, report }: Pick<ImportOptions, "crack"> & { readonly report: (problem: string) => void },
): Promise<Bitmap> {
  const picture: Bitmap = { width, height, data: new Uint8Array(width * height) };
  for (const [i, area] of areas.entries()) {
    if (!crack.has(area.label)) continue;
    const alone: Bitmap = { width, height, data: new Uint8Array(width * height) };
    try {
      await area.paint(alone);
    } catch (error) {
      if (error instanceof Error) error.message = `Shape ${i + 1} of ${file}: ${error.message}`;
      throw error;
    }
    if (countCrack(alone) === 0) report(`Shape ${i + 1} of ${file} marks no pixel of its photo.`);
    paintMask(picture, alone);
  }
  return picture;
}
