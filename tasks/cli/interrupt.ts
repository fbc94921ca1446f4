import { ExitCode } from "./errors.ts";

const cleanups = new Set<() => void>();

/**
 * Registers something to undo should the run be interrupted, such as a temporary file. It must be synchronous; dispose
 * of the returned handle when there is nothing left to undo.
 */
export function onInterrupt(cleanup: () => void): Disposable {
  cleanups.add(cleanup);
  return { [Symbol.dispose]: () => void cleanups.delete(cleanup) };
}

function end(code: number, onEnd: () => void): never {
  for (const cleanup of cleanups) {
    try {
      cleanup();
    } catch {
      // The run ends whatever a clean-up meets: what it leaves behind is a temporary file.
    }
  }
  onEnd();
  Deno.exit(code);
}

/**
 * Ends the run on Ctrl-C and on SIGTERM, cleanly: outputs are whole files, so that the next run resumes.
 *
 * @param onEnd says so.
 */
export function endOnSignals(onEnd: () => void): void {
  Deno.addSignalListener("SIGINT", () => end(ExitCode.Interrupted, onEnd));
  // Windows knows no SIGTERM.
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => end(ExitCode.Terminated, onEnd));
}
