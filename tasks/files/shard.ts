import { basename, dirname, join } from "node:path";
import { message, type ValueParser } from "../cli/optique.ts";

/** One of `count` equal parts of the work. */
export interface Shard {
  /** 1-based. */
  readonly index: number;
  readonly count: number;
}

/**
 * Whether a name falls into a shard. It depends on nothing but the name, so that photos which come or go later leave
 * all others where they are (FNV-1a of the UTF-16 code units, 32 bits, modulo the count).
 */
export function inShard(name: string, { index, count }: Shard): boolean {
  return shardOf(name, count) === index;
}

/** Which of so many shards a name falls into, from 1 on. */
export function shardOf(name: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % count + 1;
}

/** A shard as it is written: `2/8`. */
export function formatShard(shard: Shard): string {
  return `${shard.index}/${shard.count}`;
}

/** The file of a part, beside that of the whole: of `counts.json` it is `counts-2-of-8.json`. */
export function partFile(whole: string, { index, count }: Shard): string {
  return join(dirname(whole), `${stemOf(whole)}-${index}-of-${count}.json`);
}

/** Those files of parts that are there, by name. */
export async function partFiles(whole: string): Promise<string[]> {
  const folder = dirname(whole), stem = `${stemOf(whole)}-`;
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (name.startsWith(stem) && /^\d+-of-\d+\.json$/.test(name.slice(stem.length))) names.push(name);
  }
  return names.sort().map((name) => join(folder, name));
}

function stemOf(path: string): string {
  return basename(path).replace(/\.json$/, "");
}

/** Reads `i/n` with 1 ≤ i ≤ n. */
export function shardValue(): ValueParser<"sync", Shard> {
  return {
    mode: "sync",
    metavar: "I/N",
    placeholder: { index: 1, count: 1 },
    parse(input) {
      const match = /^(\d{1,6})\/(\d{1,6})$/.exec(input);
      if (match === null) {
        return {
          success: false,
          error: message`Expected a part and a count such as ${"2/8"}, but got ${input}.`,
        };
      }
      const index = Number(match[1]);
      const count = Number(match[2]);
      if (index < 1 || index > count) {
        return {
          success: false,
          error: message`Expected a part between 1 and the count, but got ${input}: the parts of ${
            String(Math.max(count, 1))
          } are ${count > 1 ? `1/${count} to ${count}/${count}` : "1/1"}.`,
        };
      }
      return { success: true, value: { index, count } };
    },
    format: formatShard,
  };
}
