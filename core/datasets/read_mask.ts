import { decodeImage } from "../images/decode_image.ts";
import { brightestOf, describeMaskFile, type MaskRule, splitMask } from "./mask_form.ts";
import { type Pair, spread, type TruthMask } from "./sample.ts";

/**
 * Reads the truth of a photo from the bytes of an image.
 *
 * @throws what `decodeImage` and `splitMask` throw.
 */
export async function readMask(bytes: Uint8Array, rule: MaskRule): Promise<TruthMask> {
  return maskOf(bytes, await decodeImage(bytes), rule);
}

/**
 * Reads a confidence map from the bytes of an image: the brightest of red, green and blue says how surely a pixel is crack, and 128 and
 * more (1, where none exceeds 1) is crack where that has to be decided.
 *
 * @throws what `decodeImage` throws.
 */
export async function readConfidence(bytes: Uint8Array): Promise<TruthMask> {
  const image = await decodeImage(bytes);
  return { ...maskOf(bytes, image, "bright"), confidence: brightestOf(image.data) };
}

function maskOf(bytes: Uint8Array, image: ImageData, rule: MaskRule): TruthMask {
  const { file, lossy } = describeMaskFile(bytes);
  const { data, values, crack } = splitMask(image, { rule, lossy });
  return { width: image.width, height: image.height, data, form: { file, values, crack } };
}

/** Masks to read. */
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

/** Reads a few masks; those that cannot be read are skipped, since they are reported when all are read. */
export async function probeTruth(pairs: readonly Pair[], rule: MaskRule): Promise<TruthProbe> {
  const paths = pairs.flatMap(({ truth }) => typeof truth === "string" ? [truth] : []);
  const forms = new Set<string>();
  let looked = 0, mostlyCrack = 0;
  for (const path of spread(paths, PROBES)) {
    const mask = await Deno.readFile(path).then((bytes) => readMask(bytes, rule)).catch(() => undefined);
    if (mask === undefined || mask.form.values === "one value") continue;
    forms.add(describeForm(mask));
    looked++;
    const crack = mask.data.reduce((sum, value) => sum + value, 0);
    if (2 * crack > mask.data.length) mostlyCrack++;
  }
  return { forms: [...forms], looked, mostlyCrack };
}

/** How a mask is stored, as `1-bit PNG of 0/255`. */
export function describeForm({ form: { file, values } }: TruthMask): string {
  return `${file} of ${values === "soft" ? "soft values" : values}`;
}
