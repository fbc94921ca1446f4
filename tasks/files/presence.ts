/** Whether there is a file at a path; a link counts as what it leads to. */
export async function isFile(path: string): Promise<boolean> {
  return (await unlessMissing(Deno.stat(path)))?.isFile ?? false;
}

/** Whether there is anything at a path, be it a link that leads nowhere. */
export async function isThere(path: string): Promise<boolean> {
  return await unlessMissing(Deno.lstat(path)) !== undefined;
}

/** What an operation on a file gives, or nothing where there is no such file. */
export async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}
