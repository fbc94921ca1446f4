import { basename, dirname, join } from "node:path";
import type { Compute } from "../../core/gpu/compute.ts";
import { backendOption, followLinksOption, jsonOption, quietOption } from "../cli/common_options.ts";
import { ExitCode, quote, UsageError } from "../cli/errors.ts";
import { argument, type Message, message, multiple, option, optional } from "../cli/optique.ts";
import { formatDuration } from "../cli/progress.ts";
import { count, printable, writeErr, writeOut } from "../cli/terminal.ts";
import { filePath, folderPath } from "../cli/values.ts";
import { countKinds } from "../files/left_out.ts";
import { shardValue } from "../files/shard.ts";
import type { BatchSummary } from "./batch_run.ts";
import { writeJsonList } from "./json_list.ts";
import type { PlannedPhoto } from "./plan_photos.ts";
import type { PhotoRecord } from "./manifests.ts";

function text(text: string): Message {
  return [{ type: "text", text }];
}

/**
 * The options that all tasks over photos have, of which a command's parser is made.
 *
 * @param nouns `task`: the task, a verb, as a sentence begins with it; `outputs`: what it gives.
 */
// deno-lint-ignore explicit-module-boundary-types -- parsers are inferred
export function batchOptions({ task, outputs }: { readonly task: string; readonly outputs: string }) {
  return {
    paths: multiple(
      argument(filePath("PATH"), {
        description: message`Photos (JPEG, PNG, TIFF, WebP, BMP, GIF) and folders of photos.`,
      }),
      { min: 1 },
    ),
    out: outOption(outputs),
    shard: optional(option("--shard", shardValue(), {
      description: [
        ...text(`${task} one part only, such as `),
        ...message`${"2/8"}: several machines or processes share the work.`,
      ],
    })),
    backend: backendOption(["webgpu", "wasm", "cpu"]),
    followLinks: followLinksOption,
    dryRun: option("--dry-run", {
      description: message`List what would be done with each photo, and do nothing.`,
    }),
    profile: option("--profile", { description: message`Report the time that each kernel takes.` }),
    quiet: quietOption,
    json: jsonOption(message`Print the result as JSON.`),
  };
}

/** The folder of outputs. It must be given, which {@linkcode requireOut} says with a proposal. */
function outOption(outputs: string) {
  const required = option("-o", "--out", folderPath(), {
    description: text(`The folder for the ${outputs}; it is made.`),
  });
  // Usage and help show it as what it is.
  return { ...optional(required), usage: required.usage };
}

/**
 * The folder of outputs that was given.
 *
 * @param options `task`: the command, `outputs`: what it gives.
 * @throws {UsageError} that proposes one beside the photos where none was.
 */
export function requireOut(
  { paths: [first], out }: { readonly paths: readonly string[]; readonly out?: string },
  { task, outputs }: { readonly task: string; readonly outputs: string },
): string {
  if (out !== undefined) return out;
  const photos = first.replace(/[/\\]+$/, "");
  const stem = /^\.*$/.test(basename(photos))
    ? outputs
    : `${basename(photos).replace(/\.\w+$/, "")}-${outputs}`;
  const proposed = join(/^\.*$/.test(basename(photos)) ? photos : dirname(photos), stem);
  throw new UsageError(
    `Cannot ${task} without a folder for the ${outputs}: give --out, such as --out ${quote(proposed)}.`,
  );
}

/** What a command does over photos. */
interface BatchCommand<Session, Summary extends BatchSummary<PhotoRecord>, Known extends unknown[]> {
  /** Opens the device and the network, by what the run knows then. */
  readonly open: (...known: Known) => Promise<Session>;
  readonly run: (open: (...known: Known) => Promise<Session>) => Promise<Summary>;
  /** Says what a run would do. */
  readonly plan: () => AsyncIterable<PlannedPhoto>;
  /** What came out, for a terminal. */
  readonly describe: (summary: Summary, seconds: number) => string;
}

/**
 * Runs a command over photos and prints what came out.
 *
 * @returns its exit code.
 */
export async function runBatchCommand<
  Session extends { readonly compute: Compute },
  Summary extends BatchSummary<PhotoRecord>,
  Known extends unknown[],
>(
  { dryRun, profile, json }: {
    readonly dryRun: boolean;
    readonly profile: boolean;
    readonly json: boolean;
  },
  { open, run, plan, describe }: BatchCommand<Session, Summary, Known>,
): Promise<number> {
  if (dryRun) {
    if (json) await printList({ dryRun, photos: [] }, plan());
    else await printPlan(plan());
    return ExitCode.Ok;
  }
  const start = performance.now();
  let compute: Compute | undefined;
  const summary = await run(async (...known) => {
    const session = await open(...known);
    compute = session.compute;
    return session;
  });
  const seconds = (performance.now() - start) / 1000;
  if (profile && compute !== undefined) writeErr(describeTimings(compute, seconds));
  if (json) await printSummary({ ...summary, seconds });
  else writeOut(describe(summary, seconds));
  // A photo that is not read is as good as failed; a mask beside it is not.
  const unread = summary.leftOut.some(({ remedy }) => remedy !== undefined);
  return summary.failures.length > 0 || unread ? ExitCode.Failed : ExitCode.Ok;
}

/** Prints a summary as JSON. */
async function printSummary({ photos: items, ...summary }: BatchSummary<PhotoRecord>): Promise<void> {
  const { manifest, report, ...rest } = summary;
  await printList({ manifest, report, photos: [], ...rest }, items);
}

/** Prints an object with a list of photos as JSON, a few of them in memory at a time. */
async function printList(
  value: object,
  items: Iterable<object> | AsyncIterable<object>,
): Promise<void> {
  const pieces = writeJsonList(value, { field: "photos", items });
  const decoder = new TextDecoder();
  for await (const piece of pieces) writeOut(decoder.decode(piece));
}

/**
 * The last lines of a run: what came out and where to look.
 *
 * @param options `done`: what was done, such as `Labelled`; `finding`: what was found in how many.
 */
export function describeRun(
  summary: BatchSummary<PhotoRecord>,
  { done, finding, seconds }: { readonly done: string; readonly finding: string; readonly seconds: number },
): string {
  const { skipped, failures, leftOut, report, manifest } = summary;
  const parts = [
    `${done} ${count(summary.photos.length - skipped, "photo")} in ${formatDuration(seconds)}`,
    ...(skipped > 0 ? [`${skipped} ${skipped === 1 ? "was" : "were"} done before`] : []),
    ...(failures.length > 0 ? [`${failures.length} failed`] : []),
    ...(leftOut.length > 0 ? [`left out ${countKinds(leftOut).map(({ text }) => text).join(", ")}`] : []),
    finding,
  ];
  const remedies = countKinds(leftOut).flatMap(({ text, first: { path, remedy } }) =>
    remedy === undefined ? [] : [`${text}, such as ${path}: ${remedy}.`]
  );
  const notes = [...remedies, ...countNotes(summary.photos)].map((line) => `${printable(line)}\n`).join("");
  return `${parts.join("; ")}.\n${notes}Report:   ${report}\nManifest: ${manifest}\n`;
}

/** The command that opens a folder of masks in the studio. */
export function reviewCommand(out: string): string {
  return `deno task studio ${quote(out)}`;
}

/** How the masks of a run are looked through, as a further line. */
export function describeReview({ manifest }: BatchSummary<PhotoRecord>): string {
  return `Review:   ${reviewCommand(dirname(manifest))}\n`;
}

/** What was noted of the files of several photos, with how many they are and the first of them: of a single one it was said when it was done. */
function countNotes(records: Iterable<PhotoRecord>): string[] {
  const counts = new Map<string, { readonly first: string; photos: number }>();
  for (const { path, notes = [] } of records) {
    for (const note of notes) {
      const known = counts.get(note);
      if (known === undefined) counts.set(note, { first: path, photos: 1 });
      else known.photos++;
    }
  }
  return [...counts].filter(([, { photos }]) => photos > 1)
    .map(([note, { first, photos }]) => `${count(photos, "photo")}, such as ${first}: ${note}`);
}

/** Prints what a run would do, photo by photo. */
async function printPlan(planned: AsyncIterable<PlannedPhoto>): Promise<void> {
  const notes = { new: "", done: " (done before)", again: " (made again)" };
  let photos = 0, done = 0;
  for await (const { path, outputs, state } of planned) {
    writeOut(`${printable(path)} → ${printable(outputs.join(", "))}${notes[state]}\n`);
    photos++;
    done += Number(state === "done");
  }
  writeOut(`${count(photos, "photo")}, ${done} of them done before. Nothing was written.\n`);
}

/** A table of the time that each kernel took, slowest first, and what was spent elsewhere. */
function describeTimings(compute: Compute, seconds: number): string {
  if (!compute.profiles) {
    return `Cannot tell the time of each kernel: ${compute.description} has no timestamps.\n`;
  }
  const timings = compute.timings();
  const total = timings.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const row = (kernel: string, dispatches: string, milliseconds: number) =>
    `${kernel.padEnd(28)}${dispatches.padStart(12)}${milliseconds.toFixed(1).padStart(14)}\n`;
  return `${"Kernel".padEnd(28)}${"Dispatches".padStart(12)}${"Milliseconds".padStart(14)}\n` +
    timings.map((timing) => row(timing.kernel, String(timing.dispatches), timing.milliseconds)).join("") +
    row("Network, files and the rest", "", Math.max(0, seconds * 1000 - total));
}
