import { Sweep } from "../../core/metrics/sweep_result.ts";
import { describeError } from "../cli/errors.ts";

/**
 * Adds up files of counts. What cannot be read or added is reported, and the rest goes on.
 *
 * @param onFile called after each file, with a sentence where it cannot be used.
 * @returns nothing where no file can be used.
 */
export async function mergeCounts(
  paths: readonly string[],
  onFile: (path: string, failure?: string) => void,
): Promise<Sweep | undefined> {
  let all: Sweep | undefined;
  for (const path of paths) {
    try {
      const part = Sweep.fromJSON(parse(await Deno.readTextFile(path)));
      if (all === undefined) all = part;
      else all.add(part);
      onFile(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      const sentence = describeError(error);
      onFile(path, sentence.includes(path) ? sentence : `${path}: ${sentence}`);
    }
  }
  return all;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError("Cannot read the counts: the file is not JSON, or is cut short.");
  }
}
