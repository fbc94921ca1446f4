/** The command cannot work as it was given: a task that throws one ends with {@linkcode ExitCode.Usage}. */
export class UsageError extends Error {
  override name = "UsageError";
}
