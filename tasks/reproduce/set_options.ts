import { UsageError } from "../cli/errors.ts";
import { message, multiple, object, option, type ValueParser } from "../cli/optique.ts";
import { otherSet, type PhotoSet } from "./paper_set.ts";
import { SETS } from "./published.ts";

/** A name and a path, written `CrackSC=photos/cracksc`. The name is to be part of names of files. */
export function namedPath(): ValueParser<"sync", PhotoSet> {
  return {
    mode: "sync",
    metavar: "NAME=PATH",
    placeholder: otherSet("name", "path"),
    parse(input) {
      const [, name, path] = /^([a-z0-9][a-z0-9_-]*)=(.+)$/i.exec(input) ?? [];
      if (path !== undefined) return { success: true, value: otherSet(name, path) };
      return {
        success: false,
        error:
          message`Expected a name of letters, digits and hyphens and a path such as ${"CrackSC=photos/"}, but got ${input}.`,
      };
    },
    format: ({ title, path }) => `${title}=${path}`,
  };
}

/** Photos that no figures were published of. */
export const otherPhotos = object({
  others: multiple(
    option("--set", namedPath(), {
      description:
        message`A further set for table-labels, all-methods and table-teach, by a name for it: any dataset with masks; one without parts is measured as a whole. May be repeated.`,
    }),
  ),
  crackFree: multiple(
    option("--crack-free", namedPath(), {
      description:
        message`A folder of photos without cracks, for the same tables: the share of them that is called crack is measured, by surface if names begin with one, as in ${"brick-07.jpg"}. May be repeated.`,
    }),
  ),
});

/**
 * Refuses sets that would share their files.
 *
 * @throws {UsageError} that names the first.
 */
export function requireDistinctNames(
  { others, crackFree }: { readonly others: readonly PhotoSet[]; readonly crackFree: readonly PhotoSet[] },
): void {
  for (
    const [option, names] of [
      ["--set", [...SETS, ...others.map(({ name }) => name)]],
      ["--crack-free", crackFree.map(({ name }) => name)],
    ] as const
  ) {
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) {
      throw new UsageError(
        `Cannot give ${option} the name ${twice}: there is a set of that name; choose another.`,
      );
    }
  }
}
