import { choice, type Message, message, option, optional, type Parser } from "./optique.ts";

/** What runs networks: one of the backends named, or none for the default. */
export function backendOption<const Name extends string>(
  backends: readonly Name[],
): Parser<"sync", Name | undefined, unknown> {
  return optional(option("--backend", choice(backends), {
    description: message`What runs the network. Default: webgpu on a real GPU, wasm otherwise.`,
  }));
}

/** Whether progress is left out. */
export const quietOption = option("-q", "--quiet", { description: message`No progress.` });

/** Whether the result is printed as JSON; the text says what that is. */
export function jsonOption(description: Message): Parser<"sync", boolean, unknown> {
  return option("--json", { description });
}
