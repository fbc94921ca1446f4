import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng } from "../../../core/images/encode_png.ts";
import type { ClassifierCard } from "../../../tasks/classifier/classifier_card.ts";
import type { SegmenterCard } from "../../../tasks/segmenter/segmenter_card.ts";
import { seeded } from "../../core/testing.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { startScript } from "../run_script.ts";

/** Those of the tasks in deno.json. */
export const PERMISSIONS = ["--allow-read", "--allow-write"];

/** Options of {@linkcode withTrainingPhotos}. */
export interface TrainingPhotosOptions {
  /** Photos, of which so many show a crack. */
  readonly count: number;
  readonly withCrack: number;
  /** Of the first photo: each further one is a pixel wider. */
  readonly width: number;
  readonly height: number;
}

/** Photos of grey noise with a dark vertical line in `images/` of a folder, and their masks in `masks/`. */
export async function withTrainingPhotos(
  { count, withCrack, width: first, height }: TrainingPhotosOptions,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  await using temporary = await temporaryFolder();
  const folder = temporary.path;
  const random = seeded(8);
  for (const name of ["images", "masks"]) await Deno.mkdir(join(folder, name));
  for (let index = 0; index < count; index++) {
    const width = first + index;
    const pixels = new Uint8Array(width * height * 3), mask = new Uint8Array(width * height);
    for (let i = 0; i < mask.length; i++) {
      const crack = index < withCrack && Math.abs(i % width - 14 - 3 * index) < 2;
      mask[i] = crack ? 255 : 0;
      pixels.fill((crack ? 30 : 160) + 40 * random(), i * 3, i * 3 + 3);
    }
    const write = async (place: string, channels: 1 | 3, data: Uint8Array) =>
      await Deno.writeFile(
        join(folder, place, `${index}.png`),
        await encodePng({ width, height, channels, data }),
      );
    await write("images", 3, pixels);
    await write("masks", 1, mask);
  }
  await test(folder);
}

/** The arguments of a training on the photos of a folder. */
export function trainingArgs(folder: string, out: string, options: Record<string, string>): string[] {
  const all = {
    "--images": join(folder, "images"),
    "--masks": join(folder, "masks"),
    "--out": join(folder, out),
    ...options,
  };
  return Object.entries(all).flat();
}

/** The card beside a network. */
export async function readCard<Card extends ClassifierCard | SegmenterCard>(
  folder: string,
  out: string,
): Promise<Card> {
  return JSON.parse(await Deno.readTextFile(join(folder, `${out}.json`)));
}

/** What must be the same of two trainings of equal options: all but the time. */
export function resultOf(
  { curve, validation, steps, settings, data }: ClassifierCard | SegmenterCard,
): unknown {
  return { curve, validation, steps, settings, photos: data.photos };
}

/**
 * Starts a training in a process of its own and kills it as soon as it has saved itself.
 *
 * @param options `out`: the file of its network.
 */
export async function killTraining(
  script: string,
  args: readonly string[],
  { permissions, out }: { readonly permissions: readonly string[]; readonly out: string },
): Promise<void> {
  const process = startScript(script, args, { permissions });
  await process.until(() => Deno.stat(`${out}.training`).then(() => true, () => false));
  assert.ok(!process.ended, "the training ended before it could be killed");
  await process.kill();
}
