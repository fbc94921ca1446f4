import { dirname, join } from "node:path";
import { statOrNull } from "../../core/datasets/list_files.ts";
import { UsageError } from "../cli/errors.ts";
import { claimWork } from "./claims.ts";
import { unlessMissing } from "./presence.ts";
import { sha256 } from "./sha256.ts";

/** A source that is a URL; undefined for a path: `C:` begins no URL, whatever stands behind it. */
export function asUrl(source: string): URL | undefined {
  return /^(?:https?|file|data):/i.test(source) && URL.canParse(source) ? new URL(source) : undefined;
}

/** A source as errors and manifests name it: the bytes of a `data:` URL are not for reading. */
export function shorten(source: string): string {
  return /^data:/i.test(source) ? `${source.slice(0, source.indexOf(",") + 1)}…` : source;
}

/** How a network is fetched. */
export interface FetchOptions {
  /** What to start again with a permission that is missing, such as `tasks/predict.ts`. */
  readonly script: string;
  /** The folder that keeps files whose hash is known. */
  readonly cache?: string;
}

/** Where the runs on a folder of outputs, and its shards on other machines, keep the networks that they fetch. */
export function fetchedFolder(out: string): string {
  return join(out, ".networks");
}

/**
 * Fetches a file. One whose URL ends with `#sha256=` and its hash is looked at before it is used, and is kept; of several processes that start together
 * one fetches it, and the others wait for that.
 *
 * @throws {UsageError} where the network may not be reached, and for a hash that is none.
 * @throws {Error} if the server does not give it, or gives another file.
 */
export async function fetchFile(
  url: URL,
  { script, cache }: FetchOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const wanted = hashOf(url);
  if (wanted === undefined) return await download(url, script);
  if (cache === undefined) return await downloadIntact(url, { script, wanted });
  const kept = join(cache, wanted);
  const before = await readIntact(kept, wanted);
  if (before !== undefined) return before;
  try {
    await using _claim = await claimWork(`${kept}.claim`, {
      isDone: async () => await statOrNull(kept) !== null,
    });
    const fetched = await readIntact(kept, wanted);
    if (fetched !== undefined) return fetched;
    const bytes = await downloadIntact(url, { script, wanted });
    await keep(kept, bytes);
    return bytes;
  } catch (error) {
    // Without a file the folder is of no use; one that others use stays.
    await Deno.remove(cache).catch(() => {});
    throw error;
  }
}

async function downloadIntact(
  url: URL,
  { script, wanted }: { readonly script: string; readonly wanted: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await download(url, script);
  const given = await sha256(bytes);
  if (given !== wanted) {
    throw new Error(`Cannot use ${shorten(url.href)}: its SHA-256 is ${given}, and ${wanted} is wanted.`);
  }
  return bytes;
}

/** The hash that a URL names, in lower case. */
function hashOf({ hash, href }: URL): string | undefined {
  if (!hash.startsWith("#sha256=")) return undefined;
  const [, digits] = /^#sha256=([0-9a-f]{64})$/i.exec(hash) ?? [];
  if (digits === undefined) {
    throw new UsageError(`Cannot fetch ${href}: #sha256= and 64 hexadecimal digits are wanted at its end.`);
  }
  return digits.toLowerCase();
}

async function readIntact(path: string, wanted: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = await unlessMissing(Deno.readFile(path));
  return bytes !== undefined && await sha256(bytes) === wanted ? bytes : undefined;
}

/** Keeps a file. Others may be doing the same, on other machines, too: each writes under a name of its own, and all rename to one. */
async function keep(path: string, bytes: Uint8Array): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${crypto.randomUUID()}.part`;
  try {
    await Deno.writeFile(temporary, bytes);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

async function download(url: URL, script: string): Promise<Uint8Array<ArrayBuffer>> {
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
