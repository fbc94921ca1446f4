/// <reference lib="dom" />
import { nameOutputs } from "../../files/output_names.ts";
import { noted } from "./noted.ts";
import type { Photo } from "./photo.ts";
import { needsPhoto, type SavedFile, type SavedKind, type SavedPhoto } from "./saved.ts";
import type { Studio } from "./studio.ts";

/** Options of {@linkcode savePhotos}. */
export interface SaveOptions {
  readonly kind: SavedKind;
  /** Called when so many photos are in the file. */
  readonly onPhoto: (done: number) => void;
}

/** Photos that can be saved: those that were marked and, but for a whole review, not rejected. */
export function savable(photos: readonly Photo[], kind: SavedKind): readonly Photo[] {
  return photos.filter(({ progress, decision }) =>
    progress.value.state === "marked" && (kind === "review" || decision.value !== "rejected")
  );
}

/** Has the browser save a file of photos, or an archive. */
export async function savePhotos(
  studio: Studio,
  photos: readonly Photo[],
  { kind, onPhoto }: SaveOptions,
): Promise<void> {
  const names = nameOutputs({
    ...{ length: photos.length, levels: 2 },
    pathOf: (i) => photos[i].fileName,
    nameOf: (i, level) => level === 0 ? stemOf(photos[i].fileName) : photos[i].fileName,
  });
  const given = async function* (): AsyncGenerator<SavedPhoto> {
    for (const [i, photo] of photos.entries()) {
      yield await savedPhoto(studio, photo, { kind, name: names.at(i) });
      studio.letGo(photo);
      onPhoto(i + 1);
    }
  };
  const file = await studio.engine.files(kind, given());
  download(photos.length === 1 ? { ...file, name: fileName(file, names.at(0)) } : file);
}

async function savedPhoto(
  { engine, device }: Studio,
  photo: Photo,
  { kind, name }: { readonly kind: SavedKind; readonly name: string },
): Promise<SavedPhoto> {
  const edits = await photo.mend(engine);
  const { width, height, mask, before, confidence, crackPixels, threshold, changedPixels } = edits;
  const review = { ...noted(photo), at: photo.at ?? new Date().toISOString(), changedPixels };
  const { value: computes } = device;
  const facts = {
    ...{ program: "hairline", name: photo.fileName, width, height, crackPixels },
    ...{ crackShare: crackPixels / (width * height), threshold: threshold ?? null, changedPixels },
    decision: review.decision ?? null,
    ...(review.mmPerPixel === undefined ? {} : { mmPerPixel: review.mmPerPixel }),
    ...(computes === undefined || computes instanceof Error
      ? {}
      : { network: computes.network, backend: computes.name, adapter: computes.adapter }),
  };
  return {
    ...{ name, file: photo.fileName, width, height, mask, before, confidence, facts, review },
    photo: needsPhoto(kind) ? await photo.source.bytes() : undefined,
  };
}

/** What a file of a single photo is called: by the photo, where it says only what it is. */
function fileName({ name }: SavedFile, photo: string): string {
  const bare = photo.replace(/^.*\//, "");
  return name.startsWith(`${bare}.`) ? name : `${bare}-${name}`;
}

function stemOf(name: string): string {
  return name.replace(/\.[^./]+$/, "");
}

function download({ name, content }: SavedFile): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
