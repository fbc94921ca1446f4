import { createHash } from "node:crypto";
import type { DatasetSample } from "../../core/datasets/types.ts";

type Named = Pick<DatasetSample, "split" | "name">;

/**
 * A name for the files of each photo, in one folder for all: letters, digits, `.`, `_` and `-`, with `_` for anything else. Photos of
 * the same name in several splits get `SPLIT-` before it. Where names are still the same (`a/b` and `a_b`, or `A` and `a`, which some
 * file systems do not tell apart), all of these get eight digits of a hash of the photo's own name: so what a name stands for does not
 * depend on which photos there are besides.
 */
export function patchNames(samples: readonly Named[]): string[] {
  const plain = samples.map(({ name }) => safe(name));
  const splits = grouped(plain, (i) => samples[i].split);
  const prefixed = plain.map((name, i) =>
    splits.get(key(name))!.size > 1 ? `${safe(samples[i].split)}-${name}` : name
  );
  const owners = grouped(prefixed, String);
  return prefixed.map((name, i) => {
    if (owners.get(key(name))!.size === 1) return name;
    const hash = createHash("sha256").update(JSON.stringify([samples[i].split, samples[i].name]));
    return `${name}-${hash.digest("hex").slice(0, 8)}`;
  });
}

/** No separator of paths, nothing that a shell reads, and no dot at the start, which would hide the file. */
function safe(name: string): string {
  return name.replaceAll(/[^\p{L}\p{M}\p{N}._-]/gu, "_").replace(/^\./, "_");
}

function key(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

/** The different properties of those that share a name. */
function grouped(names: readonly string[], property: (index: number) => string): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const [i, name] of names.entries()) {
    groups.set(key(name), (groups.get(key(name)) ?? new Set()).add(property(i)));
  }
  return groups;
}
