import { UsageError } from "../cli/usage_error.ts";
import type { PhotoSet } from "./photo_set.ts";
import { SET_TITLES, type SetName } from "./published.ts";
import type { Run } from "./run.ts";

/**
 * The set of a name, among those of a run.
 *
 * @throws {UsageError} where its folder was not given.
 */
export function givenSet(name: SetName, { sets }: Pick<Run, "sets">): PhotoSet {
  const set = sets.find((set) => set.name === name);
  if (set === undefined) {
    throw new UsageError(
      `Cannot run the table of ${
        SET_TITLES[name]
      } without its photos: give --${name} and its folder, or run the table of another set.`,
    );
  }
  return set;
}
