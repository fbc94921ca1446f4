import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { type Dataset, openDataset, type OpenDatasetOptions } from "../../../core/datasets/open_dataset.ts";
import { encodeJpeg } from "../../../core/images/encode_jpeg.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { writeMat } from "../../oracles/mat_writer.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const [WIDTH, HEIGHT] = [12, 8];

/** Where the fixtures' photos show a crack: a column of two pixels, at another place in each. */
export function isCrack(x: number, seed: number): boolean {
  return x === seed % 10 || x === seed % 10 + 1;
}

/** The truth of a fixture's photo, one value a pixel. */
export function truthOf(seed: number, crack = 1, background = 0): Uint8Array {
  return Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => isCrack(i % WIDTH, seed) ? crack : background);
}

/** Bytes of a photo: bright ground with something else in each, and a dark crack. */
export function photo(seed: number, kind: "jpg" | "png" = "jpg"): Promise<Uint8Array> {
  const data = new Uint8ClampedArray(4 * WIDTH * HEIGHT).fill(255);
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const x = i % WIDTH, y = Math.floor(i / WIDTH);
    const ground = 150 + 60 * Math.sin(x * (1 + seed % 3) + seed) * Math.cos(y * 2 + seed * 1.7);
    data.fill(isCrack(x, seed) ? 20 : ground, 4 * i, 4 * i + 3);
  }
  const image = new ImageData(data, WIDTH, HEIGHT);
  return kind === "png" ? encodePng(image) : encodeJpeg(image, { quality: 95 });
}

/** Bytes of a mask, a grey PNG. */
export function mask(seed: number, crack = 255, background = 0): Promise<Uint8Array> {
  return encodePng({ width: WIDTH, height: HEIGHT, channels: 1, data: truthOf(seed, crack, background) });
}

/** Bytes of a truth of CFD; region 2 in the upper half of the crack and 4 in the lower, 3 in the last column. */
export function cfdTruth(seed: number): Uint8Array {
  const region = (x: number, y: number) =>
    isCrack(x, seed) ? y < HEIGHT / 2 ? 2 : 4 : x === WIDTH - 1 ? 3 : 1;
  const rows = Array.from(
    { length: HEIGHT },
    (_, y) => Array.from({ length: WIDTH }, (_, x) => region(x, y)),
  );
  return writeMat({ groundTruth: { Segmentation: rows, Boundaries: rows } }, { compressed: true });
}

/** Files by their paths in a folder, each with its content. */
export type Files = Readonly<Record<string, Uint8Array | Promise<Uint8Array> | string>>;

/** Writes files below a folder. */
export async function writeFiles(root: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, await content);
  }
}

/** Opens a dataset of these files, or one in a folder or file of them. */
export async function withDataset(
  files: Files,
  use: (dataset: Dataset, root: string) => Promise<void> | void,
  { at = "", ...options }: OpenDatasetOptions & { at?: string } = {},
): Promise<void> {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, files);
  await use(await openDataset(folder.path + at, options), folder.path);
}

/** Its photos, each by its split and name. */
export function names({ samples }: Dataset): string[] {
  return samples.map(({ split, name }) => `${split} ${name}`);
}

/** Asserts that each photo's truth is that of its seed. */
export async function assertTruths({ samples }: Dataset, seeds: readonly number[]): Promise<void> {
  for (const [i, sample] of samples.entries()) {
    const { image, truth } = await sample.read();
    assert.deepEqual([image.width, image.height], [12, 8]);
    assert.ok(typeof truth !== "boolean");
    assert.deepEqual([...truth.data], [...truthOf(seeds[i])], sample.name);
  }
  assert.equal(samples.length, seeds.length);
}
