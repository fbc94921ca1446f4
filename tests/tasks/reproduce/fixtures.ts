import { join } from "node:path";
import { encodePng } from "../../../core/images/encode_png.ts";
import { otherSet, paperSet } from "../../../tasks/reproduce/paper_set.ts";
import type { ClassifierPlan, Scale } from "../../../tasks/reproduce/plans.ts";
import type { Run } from "../../../tasks/reproduce/run.ts";
import type { SegmenterPlan } from "../../../tasks/reproduce/segmentation_plans.ts";
import { writeFiles } from "../../core/datasets/dataset_fixtures.ts";
import { seeded } from "../../core/testing.ts";
import { crackPhoto } from "../crack_photo.ts";

/** Pixels of the photos of {@linkcode writeLineSet}. */
export const WIDTH = 70, HEIGHT = 50;

/** A photo and its mask, as PNG. */
interface Drawn {
  readonly image: Uint8Array;
  readonly mask: Uint8Array;
}

async function linePhoto(seed: number): Promise<Drawn> {
  const data = new Uint8Array(WIDTH * HEIGHT);
  for (let i = 0; i < data.length; i++) data[i] = Math.abs(i % WIDTH - WIDTH / 2) < 1 ? 255 : 0;
  return {
    image: await crackPhoto(WIDTH, HEIGHT, seed),
    mask: await encodePng({ width: WIDTH, height: HEIGHT, channels: 1, data }),
  };
}

/** 96 × 80. */
async function bandPhoto(seed: number): Promise<Drawn> {
  const size = { width: 96, height: 80 };
  const random = seeded(seed);
  const pixels = new Uint8Array(size.width * size.height * 3), mask = new Uint8Array(pixels.length / 3);
  for (let i = 0; i < mask.length; i++) {
    const crack = Math.abs(i % size.width - 40 - 3 * seed) < 4;
    mask[i] = crack ? 255 : 0;
    pixels.fill((crack ? 30 : 160) + 30 * random(), 3 * i, 3 * i + 3);
  }
  return {
    image: await encodePng({ ...size, channels: 3, data: pixels }),
    mask: await encodePng({ ...size, channels: 1, data: mask }),
  };
}

/** How many photos each part of a set has. */
type Counts = Readonly<Record<string, number>>;

async function writeSet(folder: string, counts: Counts, draw: (seed: number) => Promise<Drawn>) {
  const files: Record<string, Promise<Uint8Array>> = {};
  for (const [split, count] of Object.entries(counts)) {
    for (let i = 0; i < count; i++) {
      const drawn = draw(i + 1);
      files[`${split}_img/${i}.png`] = drawn.then(({ image }) => image);
      files[`${split}_lab/${i}.png`] = drawn.then(({ mask }) => mask);
    }
  }
  await writeFiles(folder, files);
}

/** Photos with a dark line two pixels wide, laid out as DCD. */
export async function writeLineSet(folder: string, counts: Counts): Promise<void> {
  await writeSet(folder, counts, linePhoto);
}

/** Photos with a dark band seven pixels wide in grey noise, laid out as DCD. */
export async function writeBandSet(folder: string, counts: Counts): Promise<void> {
  await writeSet(folder, counts, bandPhoto);
}

/** Photos of these names, each a grey noise without a crack. */
export async function writeCrackFree(folder: string, names: readonly string[]): Promise<void> {
  const files: Record<string, Promise<Uint8Array>> = {};
  for (const [i, name] of names.entries()) {
    const random = seeded(i + 1);
    const data = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, () => 150 + 40 * random());
    files[`${name}.png`] = encodePng({ width: WIDTH, height: HEIGHT, channels: 3, data });
  }
  await writeFiles(folder, files);
}

/** Three sets in a folder: one with parts, one without, and photos without crack of these names. */
export async function writeThreeSets(
  folder: string,
  { dcd, crackFree }: { readonly dcd: Counts; readonly crackFree: readonly string[] },
): Promise<Pick<Run, "sets" | "others" | "crackFree">> {
  const at = (name: string) => join(folder, name);
  await writeBandSet(at("dcd"), dcd);
  await writeBandSet(at("other"), { images: 1 });
  await Deno.rename(at("other/images_img"), at("other/images"));
  await Deno.rename(at("other/images_lab"), at("other/masks"));
  await writeCrackFree(at("walls"), crackFree);
  return {
    sets: [paperSet("dcd", at("dcd"))],
    others: [otherSet("Mine", at("other"))],
    crackFree: [otherSet("Walls", at("walls"))],
  };
}

/** A classifier that is trained in a moment. */
export function tinyClassifier(id: string, seed: number): ClassifierPlan {
  return {
    id,
    title: `Tiny ${id}`,
    published: "resnet50",
    settings: {
      arch: "resnet18",
      width: 0.05,
      epochs: 1,
      batch: 16,
      learningRate: 0.05,
      schedule: "one-cycle",
      patchSizes: [32],
      patches: 96,
      rim: 0,
      zoom: 1,
      augment: false,
      seed,
    },
  };
}

/** A segmentation network that is trained in a moment. */
export function tinyNetwork(id: SegmenterPlan["id"], seed: number): SegmenterPlan {
  return {
    id,
    title: `Tiny ${id}`,
    settings: {
      arch: "unet",
      width: 0.03,
      loss: "bce",
      epochs: 1,
      // One crop a step needs no other thread, which would take longer to start than the training.
      batch: 1,
      crop: 32,
      zoom: 1,
      crops: 3,
      learningRate: 0.05,
      schedule: "one-cycle",
      augment: false,
      seed,
    },
  };
}

/** A scale of tiny classifiers and networks. */
export const tinyScale: Scale = {
  name: "small",
  classifiers: [tinyClassifier("a", 4)],
  searchPhotos: 1,
  segmentation: {
    networks: [tinyNetwork("unet", 1), tinyNetwork("oed", 2)],
    defaults: ["unet"],
    defaultsForTable8: ["oed"],
    defaultsForTable9: ["unet"],
    trainingPhotos: 3,
    testPhotos: 2,
  },
  teaching: {
    prefix: "taught",
    grids: [{ size: 32, stride: 16 }],
    settings: {
      arch: "unet",
      width: 0.03,
      rounds: 1,
      crops: 2,
      crop: 32,
      batch: 1,
      learningRate: 0.05,
      augment: false,
    },
  },
  furtherTeaching: {
    prefix: "further",
    grids: [{ size: 32, stride: 16 }],
    trainingPhotos: 1,
    settings: {
      start: "shipped",
      rounds: 1,
      crops: 2,
      crop: 32,
      batch: 1,
      learningRate: 0.05,
      augment: false,
    },
  },
};
