import { UsageError } from "../cli/usage_error.ts";

/** Where the training of a network that is going to be `out` saves itself. */
export function trainingFile(out: string): string {
  return `${out}.training`;
}

/**
 * What an earlier run left, if it was cut off.
 *
 * @throws {UsageError} if it came to its end: the network is there.
 */
export async function readTraining(out: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(trainingFile(out));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    if (!await exists(out)) return undefined;
    throw new UsageError(`Cannot train into ${out}: it is there already; give --restart to replace it.`);
  }
}

/** Removes a file, if it is there. */
export async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
