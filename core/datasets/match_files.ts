import { IMAGE_FILE } from "./list_files.ts";

/** Something with the name of a photo or of its truth: a path below a folder, forward slashes, without extension. */
export interface NamedFile {
  readonly path: string;
  readonly stem: string;
}

/** Which truth is whose. */
export interface MatchedFiles<Photo, Truth> {
  readonly pairs: readonly { readonly photo: Photo; readonly truth: Truth }[];
  /** Photos without a truth, in their order. */
  readonly photos: readonly Photo[];
  /** Truths without a photo, in their order. */
  readonly truths: readonly Truth[];
  /** Truths that bear the name of one that has its photo. */
  readonly ambiguous: readonly { readonly truth: Truth; readonly first: Truth }[];
}

/** What painters and programs put before or behind a photo's name to name its mask. */
const AFFIX =
  /^(?:mask|label|gt|lab|seg)[-_. ]+(?=.)|(?<=.)[-_. ]+(?:masks?|labels?|gt|lab|seg|annotation|groundtruth)$/;

/** Two names are one, by rules that are tried in this order. */
const RULES: readonly ((stem: string) => string)[] = [(stem) => stem, fold, bare];

/** Upper and lower case, and an umlaut as one character or two, make no difference: on other disks they are one name. */
function fold(stem: string): string {
  return stem.normalize("NFC").toLowerCase();
}

/** A name without what makes a photo's name that of a mask: `a.jpg.png`, `a_mask.png`, `mask_a.png`. */
export function bare(stem: string): string {
  const folded = fold(stem), slash = folded.lastIndexOf("/") + 1;
  let name = folded.slice(slash);
  for (let before = ""; before !== name;) {
    before = name;
    name = name.replace(IMAGE_FILE, "").replace(AFFIX, "");
  }
  return folded.slice(0, slash) + name;
}

/** Whether a name is one that masks are given. */
export function isMaskName(stem: string): boolean {
  return bare(stem) !== fold(stem);
}

/** The files whose names say that they are masks of others among them. */
export function namedMasks<File extends NamedFile>(files: readonly File[]): File[] {
  const names = new Set(files.map(({ stem }) => fold(stem)));
  return files.filter(({ stem }) => isMaskName(stem) && names.has(bare(stem)));
}

/**
 * Finds the truth of each photo by its name: the same; else the same but for case and the coding of umlauts; else the same but for `_mask`,
 * `mask_`, `.jpg` and the like, wherever only one photo can be meant.
 */
export function matchFiles<Photo extends NamedFile, Truth extends NamedFile>(
  photos: readonly Photo[],
  truths: readonly Truth[],
): MatchedFiles<Photo, Truth> {
  const truthOf = new Map<Photo, Truth>();
  // Beside a PNG a JPEG of its name is the photo, not the mask.
  const left = new Set(truths.toSorted((a, b) => Number(isJpeg(a)) - Number(isJpeg(b))));
  for (const rule of RULES) {
    const open = Map.groupBy(photos.filter((photo) => !truthOf.has(photo)), ({ stem }) => rule(stem));
    for (const truth of left) {
      const meant = open.get(rule(truth.stem));
      if (meant?.length !== 1 || truthOf.has(meant[0])) continue;
      truthOf.set(meant[0], truth);
      left.delete(truth);
    }
  }
  const taken = new Map([...truthOf].map(([{ stem }, truth]) => [bare(stem), truth]));
  const ambiguous = truths.flatMap((truth) => {
    const first = left.has(truth) ? taken.get(bare(truth.stem)) : undefined;
    return first === undefined ? [] : [{ truth, first }];
  });
  for (const { truth } of ambiguous) left.delete(truth);
  return {
    pairs: photos.flatMap((photo) => {
      const truth = truthOf.get(photo);
      return truth === undefined ? [] : [{ photo, truth }];
    }),
    photos: photos.filter((photo) => !truthOf.has(photo)),
    truths: truths.filter((truth) => left.has(truth)),
    ambiguous,
  };
}

function isJpeg({ path }: NamedFile): boolean {
  return /\.jpe?g$/i.test(path);
}

/** A name further from another than this share of its letters is no slip of the pen. */
const NEAR = 1 / 3;

/** The name among others that is nearest to one, as the end of a sentence; nothing where none is near. */
export function nearestName(stem: string, others: readonly NamedFile[]): string {
  let nearest: NamedFile | undefined, least = NEAR * stem.length;
  for (const other of others) {
    const distance = editDistance(fold(stem), fold(other.stem), least);
    if (distance < least || (distance === least && nearest === undefined)) {
      [nearest, least] = [other, distance];
    }
  }
  return nearest === undefined ? "" : `; the nearest name is that of ${nearest.path}`;
}

/** How many letters have to be added, left out or changed to make one name of another (Levenshtein 1966); more than `most` are not counted. */
function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1])));
    }
    if (Math.min(...next) > most) return Infinity;
    row = next;
  }
  return row[b.length];
}
