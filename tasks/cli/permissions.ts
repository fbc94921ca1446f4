import { fileURLToPath } from "node:url";
import { dirname } from "node:path";
import { quote } from "./errors.ts";

/** The folder or URL that holds Hairline's own files. */
const HOME = new URL("../../", import.meta.url);

/** What a command reads and writes, as it was named; what was not named is left out, and so is what comes with Hairline. */
export interface NamedPaths {
  /** Files, folders and URLs. */
  readonly read: readonly (string | undefined)[];
  /** Folders that outputs lie in, which are read, too: a run looks at what an earlier one left. */
  readonly write: readonly (string | undefined)[];
}

/** The folder of a file that is written: under a temporary name beside it, first. */
export function folderOf(file: string | undefined): string | undefined {
  return file === undefined ? undefined : dirname(file);
}

/** What of a dataset is read: of a list of photos and masks, the folder that they are in. */
export function folderOfLists(dataset: string): string {
  return /\.txt$/i.test(dataset) ? dirname(dataset) : dataset;
}

/**
 * A command with the least permissions that it can do its work with, for a shell.
 *
 * @param name the command, such as `segmenter:train`.
 * @param args its arguments.
 */
export function scopedCommand(name: string, args: readonly string[], { read, write }: NamedPaths): string {
  // Networks that come with Hairline are modules of its own.
  const named = [...read, ...write].filter((path) => path !== undefined && !/^shipped(?:-|$)/.test(path))
    .map(String);
  const urls = named.filter((path) => URL.canParse(path) && /^https?:/.test(path));
  const local = HOME.protocol === "file:";
  // The modules of threads are read when these start.
  const readable = [...named.filter((path) => !urls.includes(path)), ...(local ? [fileURLToPath(HOME)] : [])];
  const script = new URL(`tasks/${name.replaceAll(":", "/")}.ts`, HOME);
  return [
    "deno run --no-prompt",
    flag("read", readable),
    flag("write", write.filter((path) => path !== undefined)),
    flag("net", urls.map((url) => new URL(url).host)),
    flag("import", local ? [] : [HOME.host]),
    flag("env", ["XDG_RUNTIME_DIR"]),
    quote(local ? fileURLToPath(script) : script.href),
    ...args.map(quote),
  ].filter((part) => part !== "").join(" ");
}

function flag(permission: string, values: readonly string[]): string {
  if (values.length === 0) return "";
  // A comma within a path is written twice.
  const list = [...new Set(values)].map((value) => value.replaceAll(",", ",,")).join(",");
  return `--allow-${permission}=${quote(list)}`;
}
