import { UsageError } from "../cli/usage_error.ts";
import type { ClassifierPlan } from "./plans.ts";
import type { Run } from "./run.ts";

/** The classifiers of a run: those of its scale, or of these the named ones. */
export function chosenClassifiers({ scale, classifiers }: Run): readonly ClassifierPlan[] {
  const ids = scale.classifiers.map(({ id }) => id);
  const unknown = classifiers.find((id) => !ids.includes(id));
  if (unknown !== undefined) {
    throw new UsageError(
      `Cannot use the classifier ${unknown}: at the scale ${scale.name} there are ${ids.join(", ")}.`,
    );
  }
  return classifiers.length === 0
    ? scale.classifiers
    : scale.classifiers.filter(({ id }) => classifiers.includes(id));
}
