import { decodeImage } from "../images/decode_image.ts";
import { readCfdTruth } from "./cfd.ts";
import { describeMaskFile, type MaskRule, splitMask } from "./mask_form.ts";
import type { TruthMask } from "./types.ts";
import type { Pair } from "./pair_files.ts";

/**
 * Reads the truth of a photo from the bytes of a picture, or of a MATLAB file of CFD.
 *
 * @throws what `decodeImage`, `splitMask` and `readCfdTruth` throw.
 */
export async function readMask(bytes: Uint8Array, rule: MaskRule | "cfd"): Promise<TruthMask> {
  if (rule === "cfd") return readCfdTruth(bytes);
  const image = await decodeImage(bytes);
  const { file, lossy } = describeMaskFile(bytes);
  const { data, values, crack } = splitMask(image, { rule, lossy });
  return { width: image.width, height: image.height, data, form: { file, values, crack } };
}

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
