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
