/** The folder or URL that holds Hairline's own files. */
const HOME = new URL("../../", import.meta.url).href;

/** What an operating system's code means to the person who called, by `error.code`. */
const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  EACCES: "the system denied permission; check who owns it and its mode",
  EPERM: "the system denied permission; check who owns it and its mode",
  ENOENT: "there is no such file or folder",
  EEXIST: "something of that name is there already",
  EISDIR: "it is a folder, and a file is wanted",
  ENOTDIR: "a part of the path is a file, and a folder is wanted",
  ENOSPC: "the disk is full; free some space and run the command again",
  EDQUOT: "your disk quota is used up; free some space and run the command again",
  EROFS: "the file system is read-only; choose another folder",
  ENAMETOOLONG: "the name is too long for this file system",
  EMFILE: "too many files are open; raise the limit with ulimit -n",
  EIO: "the disk reported an input/output error",
  EBUSY: "another program is using it",
  EXDEV: "it lies on another file system",
  ELOOP: "its symbolic links lead round in a circle",
  EFBIG: "the file would exceed what the system allows; raise the limit with ulimit -f",
};

/** What a permission allows, as a verb, where its name is none. */
const PERMISSION_VERBS: Readonly<Record<string, string>> = {
  all: "use",
  net: "reach",
  env: "read the environment variable",
  import: "import from",
  ffi: "load",
  sys: "ask the system for",
};

/** Operations of Deno that only look; the others change something. */
const READING = new Set(["stat", "lstat", "readfile", "readdir", "realpath", "read", "readlink", "seek"]);

/** Quotes an argument for a shell where it needs that. */
export function quote(path: string): string {
  return /^[\w./:@%+,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/**
 * Why there is nothing at a path, as the end of a sentence. A shell puts names in the place of a pattern such as `*.jpg`, where some fit it; the
 * shells of Windows never do.
 */
export function reasonMissing(path: string): string {
  return /[*?]/.test(path)
    ? `no file fits this pattern, or the shell put none in its place, as those of Windows; give the folder itself`
    : "there is no such file or folder";
}

/** `Requires read access to "photos/", run again with the --allow-read flag` */
function describeMissingPermission(error: Error): string | undefined {
  const match = /^Requires (\w+) access(?: to "([^"]*)"| to <(\w+)>)?/.exec(error.message);
  if (match === null) return undefined;
  const [, permission, path, place] = match;
  const target = path ?? place;
  // Devices and the like are for runs that may do anything.
  const narrow = path !== undefined && permission !== "all";
  const flag = `--allow-${permission}${narrow ? `=${quote(path)}` : ""}`;
  const verb = PERMISSION_VERBS[permission] ?? permission;
  return `Cannot ${verb} ${target ?? "what the command needs"}: this run has no permission for it; ` +
    `start it again with ${flag} among the flags of deno run.`;
}

/** `No such file or directory (os error 2): stat 'photos/a.jpg'` */
function describeSystemError(error: Error): string | undefined {
  const match = /\(os error \d+\)(?:: (\w+) '(.*?)'(?: -> '(.*)')?)?$/s.exec(error.message);
  if (match === null) return undefined;
  const [, operation = "", from, to] = match;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  // A folder is made along a whole path: what is in its place is a file.
  const reason = code === "ENOENT" && from !== undefined
    ? reasonMissing(from)
    : SYSTEM_REASONS[operation === "mkdir" && code === "EEXIST" ? "ENOTDIR" : code] ??
      error.message.replace(/ \(os error.*$/s, "").toLowerCase();
  const verb = READING.has(operation) ? "read" : operation === "open" ? "open" : "write";
  const path = to ?? from;
  return path === undefined ? `The system refused: ${reason}.` : `Cannot ${verb} ${path}: ${reason}.`;
}

/**
 * Whether an error was raised on purpose, for a reader: its message is a sentence, full stop included, and it was
 * raised in a file of Hairline. What the engine itself raises (`x is not a function`) never ends in a full stop, and
 * what a library raises is not addressed to the person at the terminal.
 */
function isSentence(error: Error): boolean {
  if (!/[.!?]$/.test(error.message)) return false;
  const top = /^ +at .*$/m.exec(error.stack ?? "")?.[0];
  return top === undefined || (top.includes(HOME) && !top.includes("/node_modules/"));
}

/**
 * What to report to the person at the terminal about an error: one sentence where its cause lies in the files, the
 * permissions or the data; a stack trace and a request to report it where it is a fault of the program.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `Something that is not an error was thrown: ${String(error)}.`;
  if (error instanceof UsageError) return error.message;
  if (error instanceof Deno.errors.NotCapable) {
    const sentence = describeMissingPermission(error);
    if (sentence !== undefined) return sentence;
  }
  const sentence = describeSystemError(error);
  if (sentence !== undefined) return sentence;
  if (isSentence(error)) return error.message;
  // The network's library reports it in its own words, in whatever it was doing.
  if (/\bdevice (?:is|was) lost\b/i.test(error.message)) {
    return "Cannot go on computing: the graphics device was lost, as after a fault of its driver; run the command again.";
  }
  return `This is a fault of Hairline, not of your data. Please report it with the command and these lines:\n${
    error.stack ?? `${error.name}: ${error.message}`
  }`;
}

/** The code that a task ends with after an error that nothing caught: where a path is not there, too, the command cannot work as it was given. */
export function exitCodeOf(error: unknown): number {
  const { NotCapable, NotFound } = Deno.errors;
  if ([UsageError, NotCapable, NotFound].some((kind) => error instanceof kind)) return ExitCode.Usage;
  return error instanceof Error && error.cause instanceof Error ? exitCodeOf(error.cause) : ExitCode.Failed;
}

/** The command cannot work as it was given: a task that throws one ends with {@linkcode ExitCode.Usage}. */
export class UsageError extends Error {
  override name = "UsageError";
}

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
