/// <reference lib="dom" />
import type { EngineClient } from "./engine_client.ts";
import type { Engine } from "./engine_protocol.ts";
import { maskFile } from "./grey_files.ts";
import type { OpenedPhoto, Photo } from "./photo.ts";

/** What is known of a photo, for programs: pixels, and millimetres where a scale was drawn. */
export function factsOf(photo: Photo, { edits }: OpenedPhoto, engine: Engine | undefined): object {
  const { width, height, crackPixels } = edits;
  const mmPerPixel = photo.mmPerPixel.value;
  return {
    program: "hairline",
    name: photo.name,
    width,
    height,
    crackPixels,
    crackShare: crackPixels / (width * height),
    threshold: edits.threshold ?? null,
    changedPixels: edits.changedPixels,
    decision: photo.decision.value ?? null,
    ...(mmPerPixel === undefined ? {} : { mmPerPixel }),
    ...(engine === undefined
      ? {}
      : { network: engine.network, backend: engine.name, adapter: engine.adapter }),
  };
}

/** Has the browser save the mask: a PNG of 8-bit grey, 255 where there is crack. */
export async function downloadMask(
  engine: EngineClient,
  photo: Photo,
  { edits }: OpenedPhoto,
): Promise<void> {
  save(await maskFile(engine, edits), `${stem(photo)}_mask.png`, "image/png");
}

/** Has the browser save the confidences: a PNG of 8-bit grey, 255 where the network is sure. */
export async function downloadConfidence(
  engine: EngineClient,
  photo: Photo,
  { edits: { width, height, confidence } }: OpenedPhoto,
): Promise<void> {
  if (confidence === undefined) return;
  save(
    await engine.encode(width, height, confidence),
    `${stem(photo)}_confidence.png`,
    "image/png",
  );
}

/** Has the browser save the facts. */
export function downloadFacts(photo: Photo, opened: OpenedPhoto, engine: Engine | undefined): void {
  save(
    `${JSON.stringify(factsOf(photo, opened, engine), null, 2)}\n`,
    `${stem(photo)}.json`,
    "application/json",
  );
}

function stem({ name }: Photo): string {
  return name.replace(/^.*\//, "").replace(/\.[^.]+$/, "");
}

function save(content: Uint8Array<ArrayBuffer> | string, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
