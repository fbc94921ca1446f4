/**
 * `deno task build:studio`: writes hairline.html, the studio as one file, unless it is newer than all that it is made of.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { statOrNull } from "../../core/datasets/list_files.ts";
import { writeErr } from "../cli/terminal.ts";
import { writeWhole } from "../files/write_whole.ts";
import { studioPage } from "./studio_page.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const OUTPUT = join(ROOT, "hairline.html");

/** What the page is made of. */
const SOURCES = ["core", "models", "shaders", "tasks/studio", "deno.json"];

/** When the newest of files, and of those in folders, was written: milliseconds since 1970. */
async function newest(paths: readonly string[]): Promise<number> {
  const times = paths.map(async (path): Promise<number> => {
    const { isDirectory, mtime } = await Deno.stat(path);
    if (!isDirectory) return mtime?.getTime() ?? Infinity;
    const entries = await Array.fromAsync(Deno.readDir(path), ({ name }) => join(path, name));
    return await newest(entries);
  });
  return Math.max(...await Promise.all(times));
}

const written = (await statOrNull(OUTPUT))?.mtime?.getTime() ?? 0;
if (written > await newest(SOURCES.map((path) => join(ROOT, path)))) {
  writeErr("hairline.html is up to date.\n");
} else {
  const folder = await Deno.makeTempDir({ dir: ROOT, prefix: ".studio-" });
  try {
    const page = await studioPage(folder);
    await writeWhole(OUTPUT, page);
    writeErr(`Wrote hairline.html: ${(page.length / 1e6).toFixed(1)} MB.\n`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
