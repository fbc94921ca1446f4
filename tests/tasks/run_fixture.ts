import { dirname, join } from "node:path";
import { encodePng } from "../../core/images/encode_png.ts";
import { maskBytes } from "../../tasks/batch/map_bytes.ts";
import { sha256 } from "../../tasks/files/sha256.ts";

/** A photo of a run, with what was found in it. */
export interface RunPhoto {
  readonly name: string;
  readonly photo: ImageData;
  /** 1 for crack. */
  readonly mask: Uint8Array;
  /** 0..255. */
  readonly confidence: Uint8Array;
  /** Stages that the run kept of its label, by their keys: grey values of the photo's size. */
  readonly stages?: Readonly<Record<string, Uint8Array>>;
}

/**
 * Writes a run of `label` into labels/ below a folder, with its photos in photos/; returns the run's folder.
 *
 * @param options `usable`: photos whose labels are not too small for training. Default: all.
 */
export async function writeRun(
  folder: string,
  photos: readonly RunPhoto[],
  { usable }: { readonly usable?: readonly string[] } = {},
): Promise<string> {
  const run = join(folder, "labels");
  const write = async (path: string, content: Uint8Array) => {
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, content);
  };
  const records = [];
  for (const { name, photo, mask, confidence, stages = {} } of photos) {
    const { width, height } = photo;
    const path = join(folder, "photos", `${name}.png`);
    const grey = (data: Uint8Array) => encodePng({ width, height, channels: 1, data });
    const file = await encodePng(photo);
    await write(path, file);
    await write(join(run, "masks", `${name}.png`), await grey(maskBytes(mask)));
    await write(join(run, "confidence", `${name}.png`), await grey(confidence));
    for (const [key, data] of Object.entries(stages)) {
      await write(join(run, "stages", name, `${key}.png`), await grey(data));
    }
    const crackPixels = mask.reduce((sum, value) => sum + value, 0);
    records.push({
      ...{
        name,
        path,
        sha256: await sha256(file),
        width,
        height,
        crackPixels,
        crackShare: crackPixels / mask.length,
      },
      ...{
        seconds: 1,
        usableForTraining: usable?.includes(name) ?? true,
        stages: Object.keys(stages),
        labelledAt: "2026-01-01T00:00:00.000Z",
      },
    });
  }
  await write(join(run, "manifest.json"), new TextEncoder().encode(JSON.stringify(labelManifest(records))));
  return run;
}

/** What a run of `label` notes besides its photos. */
export function labelManifest(photos: readonly object[]): object {
  return {
    ...{
      program: "hairline",
      version: "0.1.0",
      task: "label",
      method: "hairline",
      parameters: {},
      seeds: {},
    },
    runtime: { deno: "", tfjs: "", adapter: "", software: true, backend: "" },
    ...{ photos, failures: [] },
  };
}
