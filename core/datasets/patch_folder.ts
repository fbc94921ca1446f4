import { join } from "node:path";
import { argumentsSchema, checkArguments, listOf, ofType, TEXT } from "../arguments.ts";
import { decodeFile } from "../images/decode_file.ts";
import { sniffFormat } from "../images/image_format.ts";
import { luma } from "../images/luma.ts";
import { classesOf } from "./classes.ts";
import { type Contradiction, findContradictions, type LabelledFile } from "./contradictions.ts";
import type { DatasetProblem } from "./layout.ts";
import { type FoundFile, listFiles, readFolder } from "./list_files.ts";
import type { LabelCount, LabelledPatch, PatchLabels } from "./patch_labels.ts";
import { photosByPatchName, readPatchStem } from "./patch_names.ts";
import type { ReadSampleOptions, Sample } from "./sample.ts";

/** A photo that patches were cut out of. */
export type WholePhoto = Pick<Sample, "name" | "split" | "imagePath" | "image">;

/** Photos of which patches were labelled, by the files of the patches. */
export interface PatchFolder {
  /** Photos with at least one labelled patch, in the order in which they were given. */
  readonly samples: readonly Sample<PatchLabels>[];
  /** What was labelled. */
  readonly count: LabelCount;
  /** Patches that cannot be used and are left out. */
  readonly problems: readonly DatasetProblem[];
  /** What was decided, in sentences. */
  readonly notes: readonly string[];
}

const ARGUMENTS = argumentsSchema({
  path: TEXT,
  photos: listOf(ofType<WholePhoto>("a photo such as a dataset's samples are", "object"), "a list of photos"),
});

/** The patch files of a photo, by `X,Y`. */
type Places = Map<string, LabelledFile[]>;

/**
 * Reads which patches of photos were labelled crack off folders `crack/` and `no_crack/` of patches whose names hold their places:
 * `PHOTO_X_Y.png`, X and Y being the upper left pixel, as `data:patches` writes them; eight orientations of one patch count once. PHOTO is the
 * name of the photo below its folder, `_` in the place of what is no letter, digit, `.`, `_` or `-`.
 *
 * Patches that lie in both classes, at one place or with the same bytes, contradict each other: they are reported and left out, and nothing
 * is then known of their places.
 *
 * @example
 * ```ts
 * import { encodePng } from "../images/encode_png.ts";
 * import { openPatchFolder } from "./patch_folder.ts";
 *
 * const folder = "tests/.tmp/patch_folder_example";
 * const grey = (width: number, level: number) =>
 *   encodePng({ width, height: 2, channels: 1, data: new Uint8Array(2 * width).fill(level) });
 * for (const [name, bytes] of [["crack/a_0_0", await grey(2, 2)], ["no_crack/a_2_0", await grey(2, 1)]] as const) {
 *   await Deno.mkdir(`${folder}/${name}/..`, { recursive: true });
 *   await Deno.writeFile(`${folder}/${name}.png`, bytes);
 * }
 * const photo = { name: "a", split: "all", imagePath: "a.png", image: () => Promise.resolve(new ImageData(4, 2)) };
 * const { samples: [sample] } = await openPatchFolder(folder, [photo]);
 * console.log((await sample.truth()).patches.map(({ x, crack }) => [x, crack])); // [[0, true], [2, false]]
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @param photos the whole photos, more than those with labelled patches, too.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {TypeError} if the folders are not there, or no patch's name holds a place in one of the photos.
 * @throws {RangeError} if there is no patch of one of the classes.
 */
export async function openPatchFolder(path: string, photos: readonly WholePhoto[]): Promise<PatchFolder> {
  checkArguments("read labelled patches", ARGUMENTS, { path, photos });
  const classes = classesOf(await readFolder(path));
  if (classes === undefined) {
    throw new TypeError(
      `Cannot read labelled patches in ${path}: the folders crack/ and no_crack/ are wanted in it, both of them.`,
    );
  }
  const files: (FoundFile & LabelledFile)[] = [];
  for (const name of [classes.crack, classes.noCrack]) {
    const found = await listFiles(join(path, name));
    if (found.length === 0) {
      throw new RangeError(
        `Cannot learn from ${path}: there are 0 patches in its ${name}/, and at least 1 of both classes is wanted.`,
      );
    }
    files.push(...found.map((file) => ({ ...file, crack: name === classes.crack })));
  }

  const { places, problems } = assignPatches(files, photos, { eightfold: await isEightfold(path) });
  if (places.every(({ size }) => size === 0)) {
    throw new TypeError(
      `Cannot read labelled patches in ${path}: none of its ${files.length} files is named as a patch of a photo is, such as crack/PHOTO_X_Y.png ` +
        `with X and Y its upper left pixel, as data:patches writes them; the first: ${problems[0].message}`,
    );
  }
  problems.push(...removeContradictions(await contradictions(places), places, photos));

  const labelled = [...photos.keys()].filter((i) => places[i].size > 0);
  const samples = labelled.map((i) => new PatchedSample(photos[i], places[i]));
  const without = photos.length - samples.length;
  const notes = without === 0 ? [] : [`Of ${without} of ${photos.length} photos no patch was labelled.`];
  return { samples, count: countPlaces(labelled.map((i) => places[i])), problems, notes };
}

/** Whether `data:patches` wrote eight orientations of each patch into a folder, by what it noted there. */
async function isEightfold(path: string): Promise<boolean | undefined> {
  try {
    const settings: unknown = JSON.parse(await Deno.readTextFile(join(path, "patches.json")));
    const { eightfold } = Object(settings) as { eightfold?: unknown };
    return typeof eightfold === "boolean" ? eightfold : undefined;
  } catch (error) {
    // Others write patches, too, and call other files so.
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Which patches lie in which photo; problems with those that lie in none. */
function assignPatches(
  files: readonly (FoundFile & LabelledFile)[],
  photos: readonly WholePhoto[],
  { eightfold }: { readonly eightfold: boolean | undefined },
): { places: Places[]; problems: DatasetProblem[] } {
  const places = photos.map((): Places => new Map());
  const problems: DatasetProblem[] = [];
  const photosOf = photosByPatchName(photos);
  const leaveOut = (kind: DatasetProblem["kind"], path: string, why: string) =>
    problems.push({ kind, split: "all", path, message: `Cannot use ${path}: ${why}.` });
  for (const { path, stem, crack } of files) {
    const readings = readPatchStem(stem);
    if (readings.length === 0) {
      leaveOut("patch without place", path, "its name holds no place, and one such as PHOTO_X_Y is wanted");
      continue;
    }
    const meant = readings.find(({ name, orientation }) =>
      (eightfold === undefined || eightfold === (orientation !== undefined)) && photosOf(name).length > 0
    );
    if (meant === undefined) {
      leaveOut("patch without photo", path, `there is no photo of the name ${readings[0].name}`);
      continue;
    }
    const owners = photosOf(meant.name);
    if (owners.length > 1) {
      const paths = owners.map((i) => photos[i].imagePath);
      leaveOut("ambiguous name", path, `it may be a patch of ${paths[0]} or of ${paths[1]}`);
      continue;
    }
    const [owner] = owners, place = `${meant.x},${meant.y}`;
    const there = places[owner].get(place) ?? [];
    // Other orientations and copies say nothing new.
    if (!there.some((file) => file.crack === crack)) places[owner].set(place, [...there, { path, crack }]);
  }
  return { places, problems };
}

/** Patches at one place, or of the same bytes, in both classes. */
async function contradictions(places: readonly Places[]): Promise<Contradiction[]> {
  const found: Contradiction[] = [], single: LabelledFile[] = [];
  for (const files of places.flatMap((of) => [...of.values()])) {
    const [first, second] = files;
    if (second === undefined) single.push(first);
    else found.push(first.crack ? [first, second] : [second, first]);
  }
  return [...found, ...await findContradictions(single)];
}

function removeContradictions(
  pairs: readonly Contradiction[],
  places: readonly Places[],
  photos: readonly WholePhoto[],
): DatasetProblem[] {
  const taken = new Set(pairs.flat().map(({ path }) => path));
  const splits = new Map<string, string>();
  for (const [i, of] of places.entries()) {
    for (const [place, files] of of) {
      for (const { path } of files) splits.set(path, photos[i].split);
      if (files.some(({ path }) => taken.has(path))) of.delete(place);
    }
  }
  return pairs.map(([crack, clear]) => ({
    kind: "contradictory labels",
    split: splits.get(crack.path)!,
    path: crack.path,
    message:
      `Cannot use ${crack.path} and ${clear.path}: they are one patch, and it is in both classes; delete one of them.`,
  }));
}

function countPlaces(labelled: readonly Places[]): LabelCount {
  const count = { photos: labelled.length, patches: 0, crackPatches: 0, crackPhotos: 0 };
  for (const places of labelled) {
    const crack = [...places.values()].filter(([file]) => file.crack).length;
    count.patches += places.size;
    count.crackPatches += crack;
    if (crack > 0) count.crackPhotos++;
  }
  return count;
}

/** How far a patch may be from the photo at its place: mean difference in grey levels, as a share of the patch's own spread, and beyond. */
const UNLIKE = { share: 0.6, levels: 8 };

/** A photo with the files of its labelled patches. */
class PatchedSample implements Sample<PatchLabels> {
  readonly name: string;
  readonly split: string;
  readonly imagePath: string;
  readonly #photo: WholePhoto;
  readonly #places: Places;

  constructor(photo: WholePhoto, places: Places) {
    const { name, split, imagePath } = photo;
    this.name = name;
    this.split = split;
    this.imagePath = imagePath;
    this.#photo = photo;
    this.#places = places;
  }

  image(options?: ReadSampleOptions): Promise<ImageData> {
    return this.#photo.image(options);
  }

  async truth(): Promise<PatchLabels> {
    return (await this.read()).truth;
  }

  async read(options?: ReadSampleOptions): Promise<{ image: ImageData; truth: PatchLabels }> {
    const image = await this.image(options);
    const patches: LabelledPatch[] = [];
    for (const [place, [{ path, crack }]] of this.#places) {
      const [x, y] = place.split(",").map(Number);
      const patch = { x, y, ...await sizeOf(path), crack };
      this.#requireInside(image, patch, path);
      if (patches.length === 0) await this.#requireAlike(image, patch, path);
      patches.push(patch);
    }
    const { width, height } = image;
    const size = Math.max(...patches.map((patch) => Math.max(patch.width, patch.height)));
    return { image, truth: { width, height, size, stride: strideOf(patches) ?? size, patches } };
  }

  /** A patch that sticks out was cut from a larger photo, unless the photo is smaller than it. */
  #requireInside({ width, height }: ImageData, patch: LabelledPatch, path: string): void {
    const inside = (start: number, side: number, length: number) =>
      side > length ? start <= 0 && start + side >= length : start >= 0 && start + side <= length;
    if (inside(patch.x, patch.width, width) && inside(patch.y, patch.height, height)) return;
    throw new RangeError(
      `Cannot use ${this.imagePath}: it is ${width} × ${height}, and its patch ${path} of ${patch.width} × ${patch.height} lies beyond it; ` +
        "the photo that was cut is wanted, in the size that it had then.",
    );
  }

  /** A photo of another scale, or another photo of the same name, looks unlike its patches. */
  async #requireAlike(photo: ImageData, place: LabelledPatch, path: string): Promise<void> {
    const patch = await decodeFile(await Deno.readFile(path));
    const left = Math.max(0, place.x), right = Math.min(photo.width, place.x + place.width);
    const top = Math.max(0, place.y), bottom = Math.min(photo.height, place.y + place.height);
    const count = (right - left) * (bottom - top);
    let sum = 0, difference = 0, spread = 0;
    const each = (use: (inPatch: number, inPhoto: number) => void) => {
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          use(grey(patch, x - place.x, y - place.y), grey(photo, x, y));
        }
      }
    };
    each((level) => sum += level);
    each((level, inPhoto) => {
      difference += Math.abs(level - inPhoto);
      spread += Math.abs(level - sum / count);
    });
    if (difference / count <= UNLIKE.levels + UNLIKE.share * spread / count) return;
    throw new RangeError(
      `Cannot use ${this.imagePath}: at the place of its patch ${path} it looks unlike it; the photo that was cut is wanted, in the size ` +
        "that it had then.",
    );
  }
}

function grey({ width, data }: ImageData, x: number, y: number): number {
  return luma(data, 4 * (y * width + x));
}

/** Width and height of a PNG file are in its first 24 bytes (ISO/IEC 15948, clause 11.2.2). */
const PNG_HEADER = 24;

/** The size of an image in a file, of PNG without decoding it. */
async function sizeOf(path: string): Promise<{ width: number; height: number }> {
  {
    using file = await Deno.open(path);
    const header = new Uint8Array(PNG_HEADER);
    const length = await file.read(header);
    if (length === PNG_HEADER && sniffFormat(header).decoder === "png") {
      const view = new DataView(header.buffer);
      return { width: view.getUint32(16), height: view.getUint32(20) };
    }
  }
  const { width, height } = await decodeFile(await Deno.readFile(path));
  return { width, height };
}

/** The commonest step between patches of one row or column, the last one being flush with the border; undefined where none has two. */
function strideOf(patches: readonly LabelledPatch[]): number | undefined {
  const counts = new Map<number, number>();
  for (const axis of ["x", "y"] as const) {
    const starts = [...new Set(patches.map((patch) => patch[axis]))].sort((a, b) => a - b);
    for (let i = 1; i < starts.length; i++) {
      const step = starts[i] - starts[i - 1];
      counts.set(step, (counts.get(step) ?? 0) + 1);
    }
  }
  return [...counts].sort(([a, n], [b, m]) => m - n || b - a)[0]?.[0];
}
