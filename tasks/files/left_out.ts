import { IMAGE_FILE } from "../../core/datasets/list_files.ts";
import { sniffFormat } from "../../core/images/image_format.ts";

/** A file that was found among photos, or named, and is not worked on. */
export interface LeftOut {
  readonly path: string;
  /** What it is, such as `HEIC file`: what is counted. */
  readonly kind: string;
  /** What to do about it; without, it is rightly left out. */
  readonly remedy?: string;
}

/** What a file is: to be worked on, or nothing that photos have to do with, or left out, and why. */
export type FileKind = "photo" | "other" | Omit<LeftOut, "path">;

/** Names of files that hold what a camera's sensor saw; the first bytes of most of them are those of TIFF. */
const RAW_FILE = /\.(?:3fr|arw|cr[23]|dng|erf|iiq|kdc|nef|nrw|orf|pef|raf|rw2|srw)$/i;

/** Names of files that hold photos of kinds that are not read. */
const UNREAD_FILE = /\.(?:avif|hei[cf]|hif|jp2|jxl|psd)$/i;

/** Every signature of a kind of file lies within so many bytes. */
const HEAD_BYTES = 32;

/**
 * Says what a file is by its first bytes. Where these are of no kind that is known its name counts, so that a damaged photo is taken and
 * fails with a reason.
 *
 * @param info What is at the path; null for a link to nowhere.
 */
export async function kindOfFile(
  path: string,
  info: Pick<Deno.FileInfo, "isFile"> | null,
): Promise<FileKind> {
  const named = IMAGE_FILE.test(path) || UNREAD_FILE.test(path) || RAW_FILE.test(path);
  if (info === null) {
    if (!named) return "other";
    // What a folder lists under a name that is not UTF-8 has this character in it, and is not there by that name.
    return path.includes("\ufffd")
      ? { kind: "file with a name that is not UTF-8", remedy: "rename it" }
      : { kind: "link to nowhere", remedy: "mend or remove it" };
  }
  // To open a pipe would wait for whoever writes into it.
  if (!info.isFile) return named ? { kind: "pipe or device", remedy: "save the photo as a file" } : "other";
  if (RAW_FILE.test(path)) return { kind: "camera raw file", remedy: "develop it into JPEG or TIFF first" };
  if (IMAGE_FILE.test(path)) return "photo";
  const { decoder, name, remedy } = sniffFormat(await readHead(path));
  // The two letters that begin a BMP file may begin a text, too.
  if (decoder !== undefined && decoder !== "bmp") return "photo";
  if (remedy !== undefined) return { kind: name.replace(/^an? /, ""), remedy };
  const [extension] = UNREAD_FILE.exec(path) ?? [];
  if (extension === undefined) return "other";
  return { kind: `file named ${extension.toLowerCase()}`, remedy: "convert it to JPEG or PNG first" };
}

/** The first bytes of a file; none of one that belongs to others and may not be read: who lists a folder need not own all in it. */
async function readHead(path: string): Promise<Uint8Array> {
  const head = new Uint8Array(HEAD_BYTES);
  try {
    using file = await Deno.open(path);
    return head.subarray(0, await file.read(head) ?? 0);
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return new Uint8Array(0);
    throw error;
  }
}

/** A kind of files that were left out, and how many. */
export interface LeftOutKind {
  /** `1 HEIC file`, `2 HEIC files`. */
  readonly text: string;
  /** The first of them. */
  readonly first: LeftOut;
}

/** Counts files that were left out by their kinds, most first. */
export function countKinds(leftOut: readonly LeftOut[]): LeftOutKind[] {
  return [...Map.groupBy(leftOut, ({ kind }) => kind).values()]
    .sort((a, b) => b.length - a.length)
    .map((files) => {
      const { length: count, 0: first } = files;
      const noun = count === 1 ? first.kind : first.kind.replace(/\b(?:file|link|mask|photo|pipe)\b/, "$&s");
      return { text: `${count} ${noun}`, first };
    });
}
