import type { MaskRule } from "./mask_form.ts";
import type { Pair } from "./pair_files.ts";
import { readMask } from "./read_mask.ts";

/** Masks to read: spread over the dataset, since neighbours are alike. */
const PROBES = 12;

/** What a few masks hold. */
export interface TruthProbe {
  /** Kinds of masks, each as `1-bit PNG of 0/255`. */
  readonly forms: readonly string[];
  /** Masks that were read and have more than one value. */
  readonly looked: number;
  /** Those of them that are crack in the larger part. */
  readonly mostlyCrack: number;
}

/** Reads a few masks; those that cannot be read are passed over, since whoever reads them all is told of them. */
export async function probeTruth(pairs: readonly Pair[], rule: MaskRule): Promise<TruthProbe> {
  const paths = pairs.flatMap(({ truth }) => typeof truth === "string" ? [truth] : []);
  const count = Math.min(PROBES, paths.length);
  const forms = new Set<string>();
  let looked = 0, mostlyCrack = 0;
  for (let i = 0; i < count; i++) {
    const path = paths[Math.floor(i * paths.length / count)];
    const mask = await Deno.readFile(path).then((bytes) => readMask(bytes, rule)).catch(() => undefined);
    if (mask === undefined || mask.form.values === "one value") continue;
    forms.add(`${mask.form.file} of ${mask.form.values === "soft" ? "soft values" : mask.form.values}`);
    looked++;
    const crack = mask.data.reduce((sum, value) => sum + value, 0);
    if (2 * crack > mask.data.length) mostlyCrack++;
  }
  return { forms: [...forms], looked, mostlyCrack };
}
