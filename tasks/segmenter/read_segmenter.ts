import { join } from "node:path";
import { loadSegmenter, loadSegmenterCheckpoint } from "../../models/segmenter/checkpoint.ts";
import type { Segmenter } from "../../models/segmenter/segmenter.ts";
import { UsageError } from "../cli/errors.ts";
import { namingFile } from "../files/naming_file.ts";

/** What stands for the network that comes with Hairline, in the place of a file. */
export const SHIPPED = "shipped";

/** What stands for the network that came with Hairline first: folders of its predictions are gone on with by its name. */
export const FORMER = "shipped-1";

/** The checkpoint of a network that comes with Hairline; undefined for any other source. */
export async function shippedCheckpoint(source: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (source === SHIPPED) {
    return (await import("../../models/weights/shipped_segmenter.ts")).shippedSegmenter();
  }
  if (source === FORMER) return (await import("../../models/weights/former_segmenter.ts")).formerSegmenter();
  return undefined;
}

/** The name of a checkpoint in a folder of its own. */
const IN_FOLDER = "segmenter.safetensors";

/**
 * The segmentation network at a path or URL.
 *
 * @param options `script`: what to start again with a permission that is missing.
 * @param source {@linkcode SHIPPED}, {@linkcode FORMER}, a checkpoint, a folder that holds one as `segmenter.safetensors` or alone, or a URL (`https:`, `http:`, `file:`, `data:`).
 * @throws what {@linkcode loadSegmenterCheckpoint} throws, the source named; {@linkcode UsageError} for a folder without or with several, and
 * where the network may not be reached.
 */
export async function readSegmenter(
  source: string,
  { script = "tasks/predict.ts" }: { readonly script?: string } = {},
): Promise<Segmenter> {
  const shipped = await shippedCheckpoint(source);
  if (shipped !== undefined) return await loadSegmenter(shipped);
  const url = asUrl(source);
  const place = url === undefined ? await fileAt(source) : source;
  const bytes = url === undefined || url.protocol === "file:"
    ? await Deno.readFile(url ?? place)
    : await download(url, script);
  const { segmenter } = await namingFile(shorten(place), () => loadSegmenterCheckpoint(bytes));
  return segmenter;
}

/** `C:` begins no URL, whatever stands behind it. */
function asUrl(source: string): URL | undefined {
  return /^(?:https?|file|data):/i.test(source) && URL.canParse(source) ? new URL(source) : undefined;
}

async function fileAt(path: string): Promise<string> {
  if (!(await Deno.stat(path)).isDirectory) return path;
  const names: string[] = [];
  for await (const { name } of Deno.readDir(path)) if (name.endsWith(".safetensors")) names.push(name);
  if (names.includes(IN_FOLDER)) return join(path, IN_FOLDER);
  if (names.length === 1) return join(path, names[0]);
  const found = names.length === 0 ? "no .safetensors file" : names.sort().join(", ");
  throw new UsageError(
    `Cannot find a segmentation network in ${path}: it holds ${found} and no ${IN_FOLDER}; name the file.`,
  );
}

async function download(url: URL, script: string): Promise<Uint8Array> {
  const shown = shorten(url.href);
  let response;
  try {
    response = await fetch(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new UsageError(
        `Cannot fetch ${shown}: this run has no permission for the network; start it as ` +
          `deno run --allow-read --allow-write --allow-net=${url.host} ${script} …, or fetch the file first.`,
      );
    }
    const reason = error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
    throw new Error(`Cannot fetch ${shown}: ${reason}.`, { cause: error });
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(
      `Cannot fetch ${shown}: the server answers ${`${response.status} ${response.statusText}`.trim()}.`,
    );
  }
  return await response.bytes();
}

/** A source as errors and manifests name it: the bytes of a `data:` URL are not for reading. */
export function shorten(source: string): string {
  return /^data:/i.test(source) ? `${source.slice(0, source.indexOf(",") + 1)}…` : source;
}
