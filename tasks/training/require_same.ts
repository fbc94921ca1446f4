import { UsageError } from "../cli/errors.ts";

/** What decides the result of a training. */
export interface TrainingPlan {
  /** By name, as JSON keeps it. */
  readonly settings: object;
  readonly data: { readonly photos: readonly string[]; readonly validationPhotos: readonly string[] };
}

/**
 * Makes sure that a run goes on with what it began with.
 *
 * @throws {UsageError} naming what differs.
 */
export function requireSame(saved: TrainingPlan, wanted: TrainingPlan, out: string): void {
  const differing: string[] = [];
  const before = new Map(Object.entries(saved.settings));
  for (const [key, value] of Object.entries(wanted.settings)) {
    const [was, is] = [before.get(key), value].map((value) => JSON.stringify(value));
    if (was !== is) differing.push(`${key} ${was} instead of ${is}`);
  }
  for (const key of ["photos", "validationPhotos"] as const) {
    if (saved.data[key].join("\n") !== wanted.data[key].join("\n")) differing.push("other photos");
  }
  if (differing.length === 0) return;
  throw new UsageError(
    `Cannot go on with the training of ${out} that was cut off: it has ${
      [...new Set(differing)].join(", ")
    }; ` +
      `give the same options, or --restart to begin anew.`,
  );
}
