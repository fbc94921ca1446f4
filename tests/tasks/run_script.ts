/** What a script left behind. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What a Vulkan loader says on machines without a desktop: not the script's words. */
const DRIVER_LINE = /^error: XDG_RUNTIME_DIR .*\n/gm;

/** Runs a script of this repository (a path from its root) in a process of its own, with these permissions only. */
export async function runScript(
  script: string,
  args: readonly string[],
  options: { readonly permissions?: readonly string[]; readonly cwd?: string } = {},
): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: scriptArgs(script, args, options.permissions),
    cwd: options.cwd,
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr).replaceAll(DRIVER_LINE, "") };
}

/** A script in a process of its own, which goes on meanwhile. */
export interface RunningScript {
  readonly ended: boolean;
  /** Waits until a condition holds or the script has ended. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  /** Kills it at once, unless it has ended. */
  kill(): Promise<void>;
}

/** Starts a script of this repository (a path from its root) in a process of its own; what it prints is dropped. */
export function startScript(
  script: string,
  args: readonly string[],
  options: { readonly permissions?: readonly string[]; readonly cwd?: string } = {},
): RunningScript {
  const child = new Deno.Command(Deno.execPath(), {
    args: scriptArgs(script, args, options.permissions),
    cwd: options.cwd,
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  const status = child.status.finally(() => ended = true);
  return {
    get ended() {
      return ended;
    },
    async until(condition) {
      while (!ended && !await condition()) await new Promise((resolve) => setTimeout(resolve, 2));
    },
    async kill() {
      if (!ended) child.kill("SIGKILL");
      await status;
    },
  };
}

/** The arguments of deno for a script of this repository. */
export function scriptArgs(
  script: string,
  args: readonly string[],
  permissions: readonly string[] = [],
): string[] {
  const root = new URL("../../", import.meta.url);
  return [
    "run",
    "--quiet",
    "--no-prompt",
    "--config",
    new URL("deno.json", root).pathname,
    ...permissions,
    new URL(script, root).pathname,
    ...args,
  ];
}
