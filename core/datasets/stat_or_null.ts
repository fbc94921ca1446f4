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
