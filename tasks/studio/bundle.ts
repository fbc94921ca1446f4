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
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["bundle", "--quiet", "--platform", "browser", "--format", "iife", "--minify"],
        ...["--import-map", join(ROOT, "tasks/studio/browser/import_map.json")],
        ...["--output", output, join(ROOT, "tasks/studio", entry)],
      ],
      cwd: ROOT,
    }).output();
    if (!success) {
      throw new Error(`Cannot bundle ${entry}: ${new TextDecoder().decode(stderr).trim()}.`);
    }
    return await Deno.readTextFile(output);
  } finally {
    await Deno.remove(output);
  }
}
