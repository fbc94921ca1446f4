import { maskBytes } from "../../batch/map_bytes.ts";
import type { EngineClient } from "./engine_client.ts";
import type { Size } from "./box.ts";
import type { EditedMask, Found } from "./edited_mask.ts";

/** The grey values of a PNG file. */
async function readGrey(
  engine: EngineClient,
  file: Uint8Array<ArrayBuffer>,
): Promise<Size & { readonly grey: Uint8Array<ArrayBuffer> }> {
  const { width, height, data } = await engine.decode(file);
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = data[4 * i];
  return { width, height, grey };
}

/** What was found, out of the files that `label` and `predict` write. */
export async function readFound(
  engine: EngineClient,
  files: { readonly mask: Uint8Array<ArrayBuffer>; readonly confidence: Uint8Array<ArrayBuffer> },
): Promise<Found> {
  const { width, height, grey } = await readGrey(engine, files.mask);
  const { grey: confidence } = await readGrey(engine, files.confidence);
  return { width, height, confidence, mask: crackOf(grey) };
}

/** A mask out of its file: 1 where there is crack. */
export async function readMask(
  engine: EngineClient,
  file: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return crackOf((await readGrey(engine, file)).grey);
}

/** A mask as a file: a PNG of 8-bit grey, 255 where there is crack. */
export function maskFile(
  engine: EngineClient,
  { width, height, mask }: Pick<EditedMask, "width" | "height" | "mask">,
): Promise<Uint8Array<ArrayBuffer>> {
  return engine.encode(width, height, maskBytes(mask));
}

function crackOf(grey: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(grey).map((value) => value > 0 ? 1 : 0);
}
