import type { OnProgress } from "../../core/photo_progress.ts";
import { formatDuration, type Progress } from "../cli/progress.ts";

/** Shows how far a photo is, by what it counts, and how long that takes yet at the pace so far. */
export function insidePhoto(
  name: string,
  progress: Pick<Progress, "inside">,
  now: () => number = () => performance.now(),
): OnProgress {
  let start = now(), counted: string | undefined;
  return ({ unit, done, total }) => {
    // What is counted next has a pace of its own, and what is done of it at first was begun before.
    if (unit !== counted) [start, counted] = [counted === undefined ? start : now(), unit];
    const left = (total - done) * (now() - start) / 1000 / done;
    const rest = done < total && left > 0 ? `, ${formatDuration(left)} left` : "";
    const noun = total === 1 ? unit : unit === "patch" ? "patches" : `${unit}s`;
    progress.inside(`${name}: ${done} of ${total} ${noun}${rest}`);
  };
}
