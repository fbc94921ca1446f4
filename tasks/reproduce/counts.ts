import { Sweep } from "../../core/metrics/sweep_result.ts";
import { statOrNull } from "../../core/datasets/stat_or_null.ts";
import { UsageError } from "../cli/usage_error.ts";
import { writeWhole } from "../files/write_whole.ts";

/** What decides counts. */
interface Subject {
  /** Of the method. */
  readonly identity: unknown;
  /** Names of all photos that are to be counted. */
  readonly photos: readonly string[];
}

/** Counts of one method, as far as they have come. */
export interface Counts extends Subject {
  readonly sweep: Sweep;
  /** Names of the photos counted. */
  readonly done: Set<string>;
  /** Time that the method took for them. */
  seconds: number;
}

/**
 * The counts of an earlier run, or none yet.
 *
 * @throws {UsageError} where they are of something else.
 */
export async function readCounts(path: string, { identity, photos }: Subject): Promise<Counts> {
  if (await statOrNull(path) === null) {
    return { identity, photos, sweep: new Sweep(), done: new Set(), seconds: 0 };
  }
  const kept = parse(await Deno.readTextFile(path), path);
  if (JSON.stringify([kept.identity, kept.photos]) !== JSON.stringify([identity, photos])) {
    throw new UsageError(
      `Cannot go on with ${path}: it holds counts of ${kept.photos.length} photos by another method, or of other photos; ` +
        `give another --out, or remove it.`,
    );
  }
  const sweep = Sweep.fromJSON(kept.sweep);
  return {
    identity,
    photos,
    sweep,
    done: new Set(sweep.images().map(({ name }) => name)),
    seconds: kept.seconds,
  };
}

/** Writes counts, whole or not at all. */
export async function writeCounts(path: string, { identity, photos, sweep, seconds }: Counts): Promise<void> {
  await writeWhole(path, `${JSON.stringify({ identity, photos, seconds, sweep })}\n`);
}

function parse(text: string, path: string): Subject & { seconds: number; sweep: unknown } {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(
      `Cannot go on with ${path}: it holds no JSON; remove it, and its photos are counted anew.`,
    );
  }
}
