/** What a task's exit code says. */
export const ExitCode = {
  /** All was done. */
  Ok: 0,
  /** Something failed: some of the inputs, or the whole run. */
  Failed: 1,
  /** The command cannot work as it was given: an unknown option, a path that is not there, a permission left out. */
  Usage: 2,
  /** Ctrl-C (128 + SIGINT). */
  Interrupted: 130,
  /** Asked to end by the system (128 + SIGTERM). */
  Terminated: 143,
} as const;
