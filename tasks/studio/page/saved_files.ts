import { type AnnotatedPhoto, crackInstances } from "../../../core/annotations/annotated_photo.ts";
import type { AnnotationFile } from "../../../core/annotations/annotation_format.ts";
import { writeAnnotations } from "../../../core/annotations/write_annotations.ts";
import type { Compute } from "../../../core/gpu/compute.ts";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { defaultHairline } from "../../../core/label/hairline/settings.ts";
import { measureCracks } from "../../../core/measure/measure_cracks.ts";
import { maskBytes } from "../../batch/map_bytes.ts";
import { VERSION } from "../../cli/version.ts";
import { sha256 } from "../../files/sha256.ts";
import { BlobReader, BlobWriter, ZipWriter } from "../../files/zip.ts";
import type { Manifest, PhotoRecord } from "../../label/manifest.ts";
import { crackRows, CRACKS, csvRow } from "../../measure/crack_table.ts";
import type { Review } from "../review.ts";
import type { SavedFile, SavedKind, SavedPhoto } from "./saved.ts";

type Photos = AsyncIterable<SavedPhoto>;
type Files = AsyncGenerator<AnnotationFile>;

/** Files that are made of photos one by one; none is held. */
export class SavedFiles {
  readonly #photos: WritableStreamDefaultWriter<SavedPhoto>;
  readonly #file: Promise<SavedFile>;

  /** @param open opens the device, where one is needed. */
  constructor(kind: SavedKind, open: () => Promise<Compute>) {
    const { readable, writable } = new TransformStream<SavedPhoto>();
    this.#photos = writable.getWriter();
    this.#file = packed(filesOf(kind, taken(readable), open), kind);
    // It is asked for later.
    this.#file.catch(() => {});
  }

  /** Adds a photo; settles when it is dealt with, or fails as its file does. */
  async add(photo: SavedPhoto): Promise<void> {
    // That nobody takes photos any more says nothing: what stopped the files does.
    await this.#photos.write(photo).catch(() => this.#file);
  }

  /** The only file, or an archive of all. */
  async finish(): Promise<SavedFile> {
    await this.#photos.close().catch(() => {});
    return await this.#file;
  }
}

function filesOf(kind: SavedKind, photos: Photos, open: () => Promise<Compute>): Files {
  switch (kind) {
    case "confidences":
      return confidences(photos);
    case "cracks":
      return cracks(photos, open);
    case "facts":
      return facts(photos);
    case "review":
      return review(photos);
    default:
      return writeAnnotations(annotated(photos), { format: kind });
  }
}

async function* annotated(photos: Photos): AsyncGenerator<AnnotatedPhoto> {
  for await (const { name, file, width, height, mask: data, confidence } of photos) {
    yield { name, file, width, height, cracks: crackInstances({ width, height, data }, { confidence }) };
  }
}

async function* confidences(photos: Photos): Files {
  for await (const { name, width, height, confidence } of photos) {
    if (confidence === undefined) continue;
    yield { path: `confidence/${name}.png`, content: await grey(confidence, { width, height }) };
  }
}

async function* facts(photos: Photos): Files {
  for await (const { name, facts } of photos) {
    yield { path: `${name}.json`, content: `${JSON.stringify(facts, null, 2)}\n` };
  }
}

/** As `measure` writes it. */
async function* cracks(photos: Photos, open: () => Promise<Compute>): Files {
  const rows = async function* () {
    yield csvRow(CRACKS);
    for await (const { name, width, height, mask: data, review: { mmPerPixel }, photo } of photos) {
      const measurement = await measureCracks(await open(), { width, height, data }, {
        photo: await decodeImage(photo!),
        mmPerPixel,
      });
      yield crackRows(name, measurement).map(csvRow).join("");
    }
  };
  yield { path: "cracks.csv", content: rows() };
}

/** A run with its review, as `label` and `studio` write them. */
async function* review(photos: Photos): Files {
  const records: PhotoRecord[] = [], reviewed: Review["photos"][number][] = [];
  for await (const saved of photos) {
    const { name, file, width, height, mask, before, confidence, review, photo } = saved;
    const crackPixels = before.reduce((sum, value) => sum + value, 0);
    yield { path: `masks/${name}.png`, content: await grey(maskBytes(before), saved) };
    if (confidence !== undefined) {
      yield { path: `confidence/${name}.png`, content: await grey(confidence, saved) };
    }
    if ((review.changedPixels ?? 0) > 0) {
      yield { path: `review/masks/${name}.png`, content: await grey(maskBytes(mask), saved) };
    }
    if (review.decision !== undefined || review.mmPerPixel !== undefined) reviewed.push({ name, ...review });
    records.push({
      ...{ name, path: file, sha256: await sha256(photo!), width, height, crackPixels },
      ...{ crackShare: crackPixels / (width * height), seconds: 0, version: VERSION },
      usableForTraining: crackPixels >= defaultHairline.minCrackPixels,
      ...{ stages: [], labelledAt: review.at },
    });
  }
  const { name: _, ...parameters } = defaultHairline;
  const manifest: Manifest = {
    ...{ program: "hairline", version: VERSION, task: "label", method: "hairline", parameters, seeds: {} },
    // A page knows none of these.
    runtime: { deno: "", tfjs: "", adapter: "", software: false, backend: "" },
    ...{ photos: records, failures: [] },
  };
  yield { path: "manifest.json", content: `${JSON.stringify(manifest, null, 2)}\n` };
  const decided: Review = { program: "hairline", version: VERSION, photos: reviewed };
  yield { path: "review/review.json", content: `${JSON.stringify(decided, null, 2)}\n` };
}

function grey(
  data: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Uint8Array> {
  return encodePng({ width, height, channels: 1, data });
}

/** What comes in, one by one. Not every browser can go through a stream by itself. */
async function* taken<T>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

/** The only file by itself, several as an archive. */
async function packed(files: Files, kind: SavedKind): Promise<SavedFile> {
  const zip = new ZipWriter(new BlobWriter("application/zip"));
  let only: SavedFile | undefined, count = 0;
  for await (const { path, content } of files) {
    const file = { name: path.replace(/^.*\//, ""), content: await blobOf(content) };
    // PNG files are compressed.
    await zip.add(path, new BlobReader(file.content), { level: path.endsWith(".png") ? 0 : 6 });
    only = file;
    count++;
  }
  const archive = await zip.close();
  return only !== undefined && count === 1 ? only : { name: `hairline-${kind}.zip`, content: archive };
}

async function blobOf(content: AnnotationFile["content"]): Promise<Blob> {
  if (typeof content === "string") return new Blob([content]);
  if (content instanceof Uint8Array) return new Blob([content as Uint8Array<ArrayBuffer>]);
  return new Blob(await Array.fromAsync(content));
}
