import type { Compute } from "../../core/gpu/compute.ts";
import type { Backend } from "../../models/backend.ts";
import { tf } from "../../models/tfjs.ts";
import { VERSION } from "../cli/version.ts";

/** What the card of any training says: by what program, when, where, and how long. */
export interface CardHead<Task extends string> {
  readonly program: "hairline";
  readonly version: string;
  readonly task: Task;
  /** The command's arguments. */
  readonly arguments: readonly string[];
  readonly finishedAt: string;
  readonly runtime: {
    readonly deno: string;
    readonly tfjs: string;
    readonly adapter: string;
    readonly backend: string;
    readonly workers: boolean;
  };
  /** Seconds of training over all sittings, and what share of them went into cutting and altering photos. */
  readonly seconds: number;
  readonly dataShare: number;
}

/** What a card's head is made of. */
export interface CardHeadOptions {
  readonly args: readonly string[];
  readonly compute: Compute;
  readonly backend: Backend;
  /** Whether other threads took part. */
  readonly workers: boolean;
  /** Milliseconds of training, and of those on data. */
  readonly log: { readonly time: number; readonly dataTime: number };
}

/** The head of the card of a training that has come to its end. */
export function cardHead<Task extends string>(
  task: Task,
  { args, compute, backend, workers, log }: CardHeadOptions,
): CardHead<Task> {
  return {
    program: "hairline",
    version: VERSION,
    task,
    arguments: args,
    finishedAt: new Date().toISOString(),
    runtime: {
      deno: Deno.version.deno,
      tfjs: tf.version.tfjs,
      adapter: compute.description,
      backend: `${backend.name}: ${backend.reason}`,
      workers,
    },
    seconds: Math.round(log.time / 100) / 10,
    dataShare: log.time === 0 ? 0 : Math.round(1000 * log.dataTime / log.time) / 1000,
  };
}
