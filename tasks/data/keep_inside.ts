import { describeOutside, filesOutside } from "../../core/datasets/links.ts";

/** The files that lie within a folder, and sentences about the others, unless links are followed. */
export async function keepInside<File extends { readonly path: string }>(
  root: string,
  files: readonly File[],
  { followLinks = false }: { readonly followLinks?: boolean },
): Promise<{ readonly inside: readonly File[]; readonly problems: readonly string[] }> {
  if (followLinks) return { inside: files, problems: [] };
  const outside = await filesOutside(root, files.map(({ path }) => path));
  return {
    inside: files.filter(({ path }) => !outside.has(path)),
    problems: [...outside].map(([path, real]) => describeOutside(path, { root, real })),
  };
}
