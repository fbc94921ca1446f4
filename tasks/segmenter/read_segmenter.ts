import { join } from "node:path";
import { loadSegmenter, loadSegmenterCheckpoint } from "../../models/segmenter/checkpoint.ts";
import type { Segmenter } from "../../models/segmenter/segmenter.ts";
import type { FormerName } from "../../models/weights/former_segmenters.ts";
import { UsageError } from "../cli/errors.ts";
import { asUrl, fetchFile, type FetchOptions, shorten } from "../files/fetch_file.ts";
import { namingFile } from "../files/naming_file.ts";

/** What stands for the network that comes with Hairline, in the place of a file. */
export const SHIPPED = "shipped";

/** A network that came with Hairline before, by what stands for it in the place of a file. */
interface Former {
  readonly name: FormerName;
  /** SHA-256 of its parameters, by which records of runs know it. */
  readonly sha256: string;
}

/** The networks that came with Hairline before, the first first: folders of their predictions are gone on with by their names. */
export const FORMER: readonly Former[] = [
  { name: "shipped-1", sha256: "c748b8cb6eb5c15719ef083e6167f16ee021c63632814ce88abe6a0f811bc25b" },
  { name: "shipped-2", sha256: "090873b3922b2b8a0be2448e91f4fd0704f8d6fed5507377654a004bdc229a98" },
];

/** The checkpoint of a network that comes with Hairline; undefined for any other source. */
export async function shippedCheckpoint(source: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (source === SHIPPED) {
    return (await import("../../models/weights/shipped_segmenter.ts")).shippedSegmenter();
  }
  const former = FORMER.find(({ name }) => name === source);
  return former && (await import("../../models/weights/former_segmenters.ts")).formerSegmenter(former.name);
}

/** The name of a checkpoint in a folder of its own. */
const IN_FOLDER = "segmenter.safetensors";

/**
 * The segmentation network at a path or URL.
 *
 * @param options how it is fetched, if it is.
 * @param source {@linkcode SHIPPED}, a name of {@linkcode FORMER}, a checkpoint, a folder that holds one as `segmenter.safetensors` or alone, or a URL (`https:`, `http:`, `file:`, `data:`).
 * @throws what {@linkcode loadSegmenterCheckpoint} throws, the source named; {@linkcode UsageError} for a folder without or with several, and
 * where the network may not be reached.
 */
export async function readSegmenter(
  source: string,
  { script = "tasks/predict.ts", cache }: Partial<FetchOptions> = {},
): Promise<Segmenter> {
  const shipped = await shippedCheckpoint(source);
  if (shipped !== undefined) return await loadSegmenter(shipped);
  const url = asUrl(source);
  const place = url === undefined ? await fileAt(source) : source;
  const bytes = url === undefined || url.protocol === "file:"
    ? await Deno.readFile(url ?? place)
    : await fetchFile(url, { script, cache });
  const { segmenter } = await namingFile(shorten(place), () => loadSegmenterCheckpoint(bytes));
  return segmenter;
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
