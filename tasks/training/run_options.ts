import { choice, message, object, option, optional, withDefault } from "../cli/optique.ts";
import { positiveInteger, positiveNumber } from "../cli/values.ts";

/** Options that say how a training runs, whatever it trains. */
export const runOptions = object("Run", {
  precision: withDefault(
    option("--precision", choice(["F32", "F16", "I8"]), {
      description: message`Of the weights in the file: F32 is exact, F16 takes half of it, I8 a quarter.`,
    }),
    "F32" as const,
  ),
  backend: optional(
    option("--backend", choice(["webgpu", "wasm"]), {
      description: message`What the network runs on. Default: webgpu on a real GPU, wasm elsewhere.`,
    }),
  ),
  threads: optional(
    option("--threads", positiveInteger(), {
      description:
        message`Parts of a batch that wasm works on at once. Batch norm sees each part alone, so it is part of the result. Default: one a core, where the batch is large enough.`,
    }),
  ),
  saveEvery: withDefault(
    option("--save-every", positiveNumber("SECONDS"), {
      description: message`How much work a killed run may lose.`,
    }),
    60,
  ),
  restart: option("--restart", { description: message`Start anew, whatever an earlier run left.` }),
  quiet: option("-q", "--quiet", { description: message`No progress.` }),
  json: option("--json", { description: message`Print the card on standard output.` }),
});
