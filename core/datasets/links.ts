import { basename, dirname, join, sep } from "node:path";

/** Whether a real path is another one, or below it. */
export function liesWithin(real: string, root: string): boolean {
  // The root of a disk ends in its separator.
  return real === root || real.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** What a folder is, and which of its files are links. */
interface LinkedFolder {
  readonly real: string;
  readonly links: ReadonlySet<string>;
}

/**
 * Finds files that are named below a folder and lie elsewhere, since a link leads there: their own, or that of a folder on the way.
 *
 * @returns where each of them lies.
 */
export async function filesOutside(root: string, paths: Iterable<string>): Promise<Map<string, string>> {
  const realRoot = await Deno.realPath(root);
  const folders = new Map<string, LinkedFolder>();
  const outside = new Map<string, string>();
  for (const path of paths) {
    const parent = dirname(path), name = basename(path);
    let folder = folders.get(parent);
    if (folder === undefined) folders.set(parent, folder = await readLinks(parent));
    // Of most datasets no file is a link: one look at their folder spares one at each.
    const real = folder.links.has(name) ? await Deno.realPath(path) : join(folder.real, name);
    if (!liesWithin(real, realRoot)) outside.set(path, real);
  }
  return outside;
}

async function readLinks(folder: string): Promise<LinkedFolder> {
  const links = new Set<string>();
  for await (const { name, isSymlink } of Deno.readDir(folder)) if (isSymlink) links.add(name);
  return { real: await Deno.realPath(folder), links };
}

/** Says of such a file that it is not used. */
export function describeOutside(
  path: string,
  { root, real }: { readonly root: string; readonly real: string },
): string {
  return `Cannot use ${path}: a link leads out of ${root} to ${real}; have links followed, or copy the file.`;
}
