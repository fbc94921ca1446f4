import { basename, join } from "node:path";
import { compareNames, IMAGE_FILE } from "../../core/datasets/list_files.ts";
import { nameOutputs, type UnnamedPhotos } from "./output_names.ts";
import { sortByText } from "./text_order.ts";
import { enlarged, type Texts, TextTable } from "./text_set.ts";

/** A photo to work on. */
export interface Photo {
  /** Where it is, as the command gave it. */
  readonly path: string;
  /** The name of its outputs, without extension: unique in the run, `/` between folders, such as `day 1/IMG_004`. */
  readonly name: string;
}

/** A folder that photos were found in. */
export interface PhotoFolder {
  /** The folder that was named, which it is or lies below; nothing for files that were named themselves. */
  readonly root: string;
  /** As the command gave it; nothing for files that were named. */
  readonly path: string;
  /** Below the root, forward slashes; nothing for the root. */
  readonly below: string;
  /** Where it is by no link; nothing for files that were named. */
  readonly real: string;
}

/** A path as a name below the outputs: forward slashes, nothing that leads out of them. */
function asName(path: string): string {
  return path.replaceAll("\\", "/").split("/").filter((part) => part !== "" && part !== "." && part !== "..")
    .map((part) => part.replaceAll(":", "_")).join("/");
}

/** The names that a file may bear, from the shortest to the fullest, by its path below the root. */
const NAMES:
  readonly ((file: { readonly root: string; readonly below: string; readonly path: string }) => string)[] = [
    ({ below }) => asName(below.replace(IMAGE_FILE, "")),
    ({ below }) => asName(below),
    (file) => inRoot(file).replace(IMAGE_FILE, ""),
    inRoot,
    ({ path }) => asName(path),
  ];

function inRoot({ root, below }: { readonly root: string; readonly below: string }): string {
  return asName(root === "" ? below : `${basename(root)}/${below}`);
}

/** Photos that were found, by their numbers: of each the number of its folder and its name there. */
export class PhotoTable implements UnnamedPhotos {
  readonly levels = NAMES.length;
  readonly #folders: PhotoFolder[] = [];
  #folderOf = new Uint32Array(64);
  /** Names in the folders; of files that were named, their paths. */
  readonly #names = new TextTable();
  /** Where those are by no link that are links, or were named. */
  readonly #reals = new TextTable();
  readonly #realOf = new Map<number, number>();

  get length(): number {
    return this.#names.length;
  }

  /** @param real where it is by no link, where its folder does not say. */
  add(folder: PhotoFolder, name: string, real?: string): void {
    if (this.#folders.at(-1) !== folder) this.#folders.push(folder);
    const number = this.#names.add(name);
    if (number === this.#folderOf.length) this.#folderOf = enlarged(this.#folderOf);
    this.#folderOf[number] = this.#folders.length - 1;
    if (real !== undefined) this.#realOf.set(number, this.#reals.add(real));
  }

  pathOf(index: number): string {
    const { path } = this.#folder(index), name = this.#names.at(index);
    return path === "" ? name : join(path, name);
  }

  /** Where a photo is by no link. */
  realPathOf(index: number): string {
    const number = this.#realOf.get(index);
    return number === undefined
      ? join(this.#folder(index).real, this.#names.at(index))
      : this.#reals.at(number);
  }

  nameOf(index: number, level: number): string {
    const { root, path, below } = this.#folder(index), name = this.#names.at(index);
    return NAMES[level](
      path === ""
        ? { root, below: basename(name), path: name }
        : { root, below: below === "" ? name : `${below}/${name}`, path: join(path, name) },
    );
  }

  /** All paths by their numbers. */
  get paths(): Texts {
    return { length: this.length, at: (index) => this.pathOf(index) };
  }

  #folder(index: number): PhotoFolder {
    return this.#folders[this.#folderOf[index]];
  }

  /** Those of the photos whose paths are wanted. */
  filter(isWanted: (path: string) => boolean): PhotoTable {
    const wanted = new PhotoTable();
    for (let i = 0; i < this.length; i++) {
      if (!isWanted(this.pathOf(i))) continue;
      const real = this.#realOf.get(i);
      wanted.add(this.#folder(i), this.#names.at(i), real === undefined ? undefined : this.#reals.at(real));
    }
    return wanted;
  }
}

/** Some of the photos that were found, each of which is made when its turn comes: a million take some thirty megabytes. */
export class PhotoList implements Iterable<Photo> {
  readonly #paths: Texts;
  readonly #names: Texts;
  readonly #numbers: Uint32Array;
  /** Paths that were taken in the place of those that were found. */
  readonly #moved: ReadonlyMap<number, string>;

  private constructor(
    paths: Texts,
    names: Texts,
    numbers: Uint32Array,
    moved: ReadonlyMap<number, string> = new Map(),
  ) {
    this.#paths = paths;
    this.#names = names;
    this.#numbers = numbers;
    this.#moved = moved;
  }

  /** Gives photos their names, and puts them in the natural order of these. */
  static of(photos: PhotoTable): PhotoList {
    const names = nameOutputs(photos);
    const numbers = new Uint32Array(photos.length).map((_, i) => i);
    const textOf = (number: number) => names.at(number);
    return new PhotoList(photos.paths, names, sortByText(numbers, { textOf, compare: compareNames }));
  }

  get length(): number {
    return this.#numbers.length;
  }

  at(index: number): Photo {
    const number = this.#numbers[index];
    return { path: this.#moved.get(number) ?? this.#paths.at(number), name: this.#names.at(number) };
  }

  *[Symbol.iterator](): Generator<Photo> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  /** Those for which there is a path, which may be another than that found. */
  choose(pathOf: (photo: Photo) => string | undefined): PhotoList {
    const moved = new Map<number, string>();
    const numbers = this.#numbers.filter((number, i) => {
      const photo = this.at(i), path = pathOf(photo);
      if (path !== undefined && path !== photo.path) moved.set(number, path);
      return path !== undefined;
    });
    return new PhotoList(this.#paths, this.#names, numbers, moved);
  }
}
