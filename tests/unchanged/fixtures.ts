import type { Json } from "./trace.ts";

const FIXTURES = new URL("../fixtures/unchanged/", import.meta.url);

/** What is written down. */
export const WRITTEN = new URL("written.json", FIXTURES);
/** Networks of {@linkcode TRAININGS}, as they were when they were written down. */
export const CHECKPOINTS = new URL("checkpoints/", FIXTURES);
/** Photos, and the labels of an interrupted run; its classifier is one of {@linkcode CHECKPOINTS}. */
export const INTERRUPTED_LABELS = new URL("broken_labels/", FIXTURES);
/** What trainings leave that are killed after 5 of 10 steps. */
export const INTERRUPTED_TRAININGS = new URL("broken_trainings/", FIXTURES);

/** `written.json`. */
export interface Written {
  readonly machine: Json;
  readonly photos: Json;
  readonly trainings: { readonly [name: string]: Json };
  readonly runs: Json;
  readonly evaluation: Json;
  readonly checkpoints: Json;
  /** The files of an uninterrupted run over the photos of {@linkcode INTERRUPTED_LABELS}. */
  readonly labels: Json;
}

export async function readWritten(): Promise<Written> {
  return JSON.parse(await Deno.readTextFile(WRITTEN)) as Written;
}

/** Gives a folder the classifier that the run of {@linkcode INTERRUPTED_LABELS} had. */
export async function copyLabeller(folder: string): Promise<void> {
  const bytes = await Deno.readFile(new URL("classifier-resnet18.safetensors", CHECKPOINTS));
  await Deno.writeFile(`${folder}/classifier.safetensors`, bytes);
}

/** Copies a folder with all that is in it. */
export async function copyFolder(from: string | URL, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  const source = from instanceof URL ? from.pathname.replace(/\/$/, "") : from;
  for await (const { name, isDirectory } of Deno.readDir(source)) {
    if (isDirectory) await copyFolder(`${source}/${name}`, `${to}/${name}`);
    else await Deno.writeFile(`${to}/${name}`, await Deno.readFile(`${source}/${name}`));
  }
}
