/** The file of a photo or patch that is labelled as a whole. */
export interface LabelledFile {
  readonly path: string;
  readonly crack: boolean;
}

/** Two files that are one, in both classes. */
export type Contradiction = readonly [crack: LabelledFile, clear: LabelledFile];

/** Finds files of the same bytes in both classes. Only files of equal length are read. */
export async function findContradictions(files: readonly LabelledFile[]): Promise<Contradiction[]> {
  const byLength = new Map<number, LabelledFile[]>();
  for (const file of files) {
    const { size } = await Deno.stat(file.path);
    byLength.set(size, [...byLength.get(size) ?? [], file]);
  }
  const found: Contradiction[] = [];
  for (const equal of byLength.values()) {
    if (equal.every(({ crack }) => crack === equal[0].crack)) continue;
    const byContent = new Map<string, LabelledFile>();
    for (const file of equal) {
      const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(file.path));
      const content = new Uint8Array(digest).toHex();
      const first = byContent.get(content);
      if (first === undefined) byContent.set(content, file);
      else if (first.crack !== file.crack) found.push(first.crack ? [first, file] : [file, first]);
    }
  }
  return found;
}
