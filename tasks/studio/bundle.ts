import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * A classic script for pages, all that it imports included, by `deno bundle`: of files, browsers load no modules. What pages do not have is replaced as `browser/import_map.json` says.
 *
 * @param entry its path below this folder.
 * @param folder where the script is written meanwhile, and removed.
 * @throws {Error} where the bundler fails, in its words.
 */
export async function bundleForPages(entry: string, folder: string): Promise<string> {
  const output = await Deno.makeTempFile({ dir: folder, suffix: ".js" });
  try {
    let failure = await runBundler(entry, output);
    for (let again = 0; again < FURTHER_TRIES && failure?.includes(STILL_FETCHED); again++) {
      failure = await runBundler(entry, output);
    }
    if (failure !== undefined) throw new Error(`Cannot bundle ${entry}: ${failure}.`);
    return await Deno.readTextFile(output);
  } finally {
    await Deno.remove(output);
  }
}

/**
 * What Deno 2.9 says where several bundlers are started for the first time on a machine: each puts esbuild into the cache, and one takes away what
 * another is about to copy. Then it is there.
 */
const STILL_FETCHED = "failed to copy esbuild binary";
const FURTHER_TRIES = 5;

/** Writes the bundle; what went wrong, where something did. */
async function runBundler(entry: string, output: string): Promise<string | undefined> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--platform", "browser", "--format", "iife", "--minify"],
      ...["--import-map", join(ROOT, "tasks/studio/browser/import_map.json")],
      ...["--output", output, join(ROOT, "tasks/studio", entry)],
    ],
    cwd: ROOT,
  }).output();
  return success ? undefined : new TextDecoder().decode(stderr).trim();
}
