import { join } from "node:path";
import type { Compute } from "../../../core/gpu/compute.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { paperLabeller } from "../../../core/label/label_image.ts";
import type { Classifier } from "../../../core/label/classifier.ts";
import type { Recipe } from "../../../core/label/recipe.ts";
import type { LabelPhotosOptions, Session } from "../../../tasks/label/label_photos.ts";
import type { Manifest } from "../../../tasks/label/manifest.ts";
import { FakeClassifier } from "../../core/label/fake_classifier.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { crackPhoto } from "../crack_photo.ts";

/** Photos `a`, `b`, `c` of different sizes in `photos/` of a new folder, and a device. */
export async function withPhotos(test: (folder: string, compute: Compute) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  const photos = join(folder.path, "photos");
  await Deno.mkdir(photos);
  for (const [i, name] of ["a", "b", "c"].entries()) {
    await Deno.writeFile(join(photos, `${name}.png`), await crackPhoto(48 + i, 40, i));
  }
  using compute = await openCompute();
  await test(folder.path, compute);
}

/** How the fake classifier labels, and what is written down of it. */
export interface SessionOptions {
  readonly classifier?: Classifier;
  readonly recipe?: Recipe;
  readonly sha256?: string;
}

export function session(
  compute: Compute,
  { classifier = new FakeClassifier(), recipe, sha256 = "ab".repeat(32) }: SessionOptions = {},
): Session {
  return {
    compute,
    labeller: paperLabeller(compute, { classifier, recipe }),
    networks: { classifier: { name: "darkest pixel", source: "test", sha256 } },
    runtime: {
      deno: "2",
      tfjs: "4",
      adapter: compute.description,
      software: compute.software,
      backend: "none",
    },
  };
}

export function options(folder: string, overrides: Partial<LabelPhotosOptions> = {}): LabelPhotosOptions {
  return {
    paths: [join(folder, "photos")],
    out: join(folder, "labels"),
    stages: false,
    quiet: true,
    title: "Test",
    ...overrides,
  };
}

export function list(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}

export async function readManifest(folder: string, name = "manifest.json"): Promise<Manifest> {
  return JSON.parse(await Deno.readTextFile(join(folder, name)));
}

/** Silences what a run reports of failed photos. */
export async function quietly<T>(action: () => Promise<T>): Promise<T> {
  const write = Deno.stderr.writeSync;
  Deno.stderr.writeSync = (bytes) => bytes.length;
  try {
    return await action();
  } finally {
    Deno.stderr.writeSync = write;
  }
}
