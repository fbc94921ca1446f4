import { join } from "node:path";

/** A file below a folder. */
export interface FoundFile {
  readonly path: string;
  /** Its path below the folder, forward slashes, without extension. */
  readonly stem: string;
}

/** Names of files that `decodeFile` reads. */
export const IMAGE_FILE = /\.(?:jpe?g|jpe|jfif|png|tiff?|webp|bmp|dib|gif)$/i;

/** Names of folders and files in a folder, hidden ones left out. */
export interface FolderContent {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/** What lies in a folder, symbolic links followed, in natural order. */
export async function readFolder(path: string): Promise<FolderContent> {
  const folders: string[] = [], files: string[] = [];
  for await (const { name, isFile, isDirectory, isSymlink } of Deno.readDir(path)) {
    if (name.startsWith(".") || name === "__MACOSX") continue;
    const info = isSymlink ? await statOrNull(join(path, name)) : { isFile, isDirectory };
    if (info?.isDirectory) folders.push(name);
    else if (info?.isFile) files.push(name);
  }
  return { folders: folders.sort(compareNames), files: files.sort(compareNames) };
}

/** The files of a kind in a folder and below, in natural order. */
export async function listFiles(folder: string, kind = IMAGE_FILE): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const visited = new Set<string>();
  const walk = async (path: string, below: string): Promise<void> => {
    // A symbolic link may lead round in a circle.
    const real = await Deno.realPath(path);
    if (visited.has(real)) return;
    visited.add(real);
    const { folders, files } = await readFolder(path);
    for (const name of files) {
      if (kind.test(name)) {
        found.push({ path: join(path, name), stem: below + name.replace(/\.[^.]*$/, "") });
      }
    }
    for (const name of folders) await walk(join(path, name), `${below}${name}/`);
  };
  await walk(folder, "");
  return found.sort((a, b) => compareNames(a.stem, b.stem));
}

/** What files of these kinds are good for, by extension. */
const REMEDIES: Readonly<Record<string, string>> = {
  json: "annotations of labelme, COCO and Label Studio become masks by the task annotations:import",
  xml: "annotations of CVAT become masks by the task annotations:import",
  txt: "outlines of YOLO's become masks by the task annotations:import",
};

/**
 * What lies in a folder instead of what was sought there, as part of a sentence: `4 .bmp files (such as p0.bmp)`; with what to do about files
 * that are annotations, too.
 */
export async function describeFolder(path: string): Promise<string> {
  const { folders, files } = await readFolder(path);
  const kinds = Map.groupBy(files, (name) => /\.([^.]+)$/.exec(name)?.[1].toLowerCase() ?? "");
  const parts = [...kinds].sort(([, a], [, b]) => b.length - a.length).map(([kind, names]) => {
    const what = `${names.length} ${kind === "" ? "" : `.${kind} `}${names.length === 1 ? "file" : "files"}`;
    const remedy = REMEDIES[kind] === undefined ? "" : `; ${REMEDIES[kind]}`;
    return `${what} (such as ${names[0]}${remedy})`;
  });
  if (folders.length > 0) {
    const more = folders.length > 3 ? " …" : "";
    parts.unshift(
      `${folders.length === 1 ? "the folder" : "the folders"} ${
        folders.slice(0, 3).map((name) => `${name}/`).join(", ")
      }${more}`,
    );
  }
  return parts.length === 0 ? "nothing" : parts.join(", ");
}

/** What is at a path; null where there is nothing, a link that leads nowhere or round in a circle, or a path that goes on behind a file. */
export async function statOrNull(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    const { NotFound, NotADirectory, FilesystemLoop } = Deno.errors;
    if ([NotFound, NotADirectory, FilesystemLoop].some((kind) => error instanceof kind)) return null;
    throw error;
  }
}

const collator = new Intl.Collator("en", { numeric: true });

/** Natural order (IMG_9 before IMG_10), and code units where it does not distinguish two names, so that the order never depends on the disk. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
