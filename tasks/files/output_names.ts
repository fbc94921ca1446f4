import { compareNames } from "../../core/datasets/list_files.ts";
import { TextIndex, type Texts } from "./text_set.ts";

/**
 * What two names of outputs must differ in to be two files everywhere: Windows and macOS take no notice of case, and macOS takes `é` as one
 * letter and as `e` with an accent for the same.
 */
export function nameKey(name: string): string {
  // Upper case first: only so are ß and ss, or both small sigmas, one.
  return name.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}

/** Whether a name stays below the folder that it is a name in: as {@linkcode nameOutputs} is given them. */
export function staysInside(name: string): boolean {
  return !name.includes("\\") && !name.includes("\0") &&
    name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/** The name of a photo with the extension of its file, which it may have already. */
export function withExtension(name: string, path: string): string {
  const extension = /[^/\\](\.[^./\\]*)$/.exec(path)?.[1] ?? "";
  return name.toLowerCase().endsWith(extension.toLowerCase()) ? name : name + extension;
}

/** Photos that seek names for their outputs, by their numbers. */
export interface UnnamedPhotos {
  readonly length: number;
  pathOf(index: number): string;
  /** How many names each may bear, one at least. */
  readonly levels: number;
  /** The names that a photo may bear: the shortest at level 0, the fullest at the last. */
  nameOf(index: number, level: number): string;
}

/** Names of photos by their numbers: of each only which of those that it may bear. */
class OutputNames implements Texts {
  readonly #photos: UnnamedPhotos;
  readonly levels: Uint8Array;
  /** Those that are none of a photo's own. */
  readonly others = new Map<number, string>();

  constructor(photos: UnnamedPhotos) {
    this.#photos = photos;
    this.levels = new Uint8Array(photos.length);
  }

  get length(): number {
    return this.#photos.length;
  }

  at(index: number): string {
    return this.others.get(index) ?? this.own(index);
  }

  /** The one of a photo's own names that its turn is at. */
  own(index: number): string {
    return this.#photos.nameOf(index, this.levels[index]);
  }
}

/**
 * Gives each photo the shortest of its names that no other claims, so that no two write the same file on any file system. Names do not depend
 * on the order in which the photos are given.
 *
 * @returns the names by the numbers of the photos.
 */
export function nameOutputs(photos: UnnamedPhotos): Texts {
  const names = new OutputNames(photos);
  const { levels } = names;
  const isLast = (i: number) => levels[i] === photos.levels - 1;
  for (;;) {
    const { claimed, claims } = claimNames(names);
    const contested = claims.filter((claim) => !claim.every(isLast));
    if (contested.length === 0) {
      numberRest(names, { claimed, claims, photos });
      return names;
    }
    for (const claim of contested) {
      // Whoever has the shortest kind of name moves first, so that a.jpg.tif makes way for a.jpg beside a.png.
      const shortest = Math.min(...claim.filter((i) => !isLast(i)).map((i) => levels[i]));
      for (const i of claim) if (levels[i] === shortest && !isLast(i)) levels[i]++;
    }
  }
}

/** The names that are claimed, and the photos of each that is claimed by several. */
function claimNames(names: OutputNames): { readonly claimed: TextIndex; readonly claims: number[][] } {
  const claimed = new TextIndex((i) => nameKey(names.own(i)));
  const claims = new Map<number, number[]>();
  for (let i = 0; i < names.length; i++) {
    const first = claimed.add(nameKey(names.own(i)), i);
    if (first === i) continue;
    if (!claims.has(first)) claims.set(first, [first]);
    claims.get(first)!.push(i);
  }
  return { claimed, claims: [...claims.values()] };
}

/** Tells photos apart whose fullest names are one, such as `../a.jpg` and `a.jpg`: by number, in the order of their paths. */
function numberRest(
  names: OutputNames,
  { claimed, claims, photos }: ReturnType<typeof claimNames> & { readonly photos: UnnamedPhotos },
): void {
  const given = new Set<string>();
  for (const claim of claims) {
    const [, ...others] = claim.toSorted((a, b) => compareNames(photos.pathOf(a), photos.pathOf(b)));
    let number = 2;
    for (const i of others) {
      const numbered = () => `${names.own(i)}~${number}`;
      // A photo may be called x.jpg~2 itself.
      while (claimed.find(nameKey(numbered())) !== undefined || given.has(nameKey(numbered()))) number++;
      names.others.set(i, numbered());
      given.add(nameKey(numbered()));
    }
  }
}
