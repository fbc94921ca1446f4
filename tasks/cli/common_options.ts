import { choice, map, type Message, message, option, optional, type Parser } from "./optique.ts";
import { positiveInteger } from "./values.ts";

/** What runs networks: one of the backends named, or none for the default. */
export function backendOption<const Name extends string>(
  backends: readonly Name[],
): Parser<"sync", Name | undefined, unknown> {
  return optional(option("--backend", choice(backends), {
    description: message`What runs the network. Default: webgpu on a real GPU, wasm otherwise.`,
  }));
}

/** How large a photo or mask may be. */
export const maxPixelsOption: Parser<"sync", number | undefined, unknown> = optional(
  option("--max-pixels", positiveInteger(), {
    description:
      message`Refuse photos and masks with more pixels. A pixel takes up to some 50 bytes of memory. Default: 134217728, which is up to 7 GB.`,
  }),
);

/** Whether progress is left out. */
export const quietOption = option("-q", "--quiet", { description: message`Show no progress.` });

/** Whether links are followed that lead out of what was named: true, or left out. */
export const followLinksOption: Parser<"sync", true | undefined, unknown> = map(
  option("--follow-links", {
    description: message`Follow links that lead out of the folders given, too.`,
  }),
  (given) => given || undefined,
);

/** Whether the result is printed as JSON; the text says what that is. */
export function jsonOption(description: Message): Parser<"sync", boolean, unknown> {
  return option("--json", { description });
}
