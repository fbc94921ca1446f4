import { patchLabelled } from "../../core/datasets/patch_labels.ts";
import { fullName, type Sample } from "../../core/datasets/sample.ts";
import type { Compute } from "../../core/gpu/compute.ts";
import type { Classifier } from "../../core/label/classifier.ts";
import { mostDoubtful } from "../../core/label/disagreement.ts";
import { localiseImage } from "../../core/label/hairline/dense_localisation.ts";

/** A patch, or a whole photo, whose label a classifier contradicts. */
export interface Doubt {
  readonly split: string;
  readonly name: string;
  readonly image: string;
  /** Its label. */
  readonly crack: boolean;
  /** The most that the classifier finds in it, 0..1. */
  readonly score: number;
  /** How far that is from the label, 0..1. */
  readonly disagreement: number;
  /** The pixel of the photo at which it does. */
  readonly at: readonly [x: number, y: number];
  /** The patch, in pixels of the photo. */
  readonly patch: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** Options of {@linkcode findDoubts}. */
export interface FindDoubtsOptions {
  readonly compute: Compute;
  readonly classifier: Classifier;
  /** Called for each photo. */
  readonly onPhoto?: (name: string) => void;
}

/** The patches that masks are cut into: the paper's, which hold enough ground for a classifier to know it by. */
const GRID = { size: 128, stride: 64 };

/** Side of the patches that the classifier is taken to score, which is also how far beyond a crack it finds it; and of the squares that it is shown. */
const WINDOW = 32, TILE = 1024;

/** Photos shown of each class. */
const SHOWN = 10;

/**
 * Shows a classifier all photos, and takes of each the patch with crack and the patch without whose label it contradicts most. Photos
 * that cannot be read are skipped.
 *
 * @returns the most contradicted first.
 */
export async function findDoubts(
  samples: readonly Sample[],
  { compute, classifier, onPhoto }: FindDoubtsOptions,
): Promise<Doubt[]> {
  const doubts: Doubt[] = [];
  for (const sample of samples) {
    const { split, name, imagePath: image } = sample;
    const known = await patchLabelled(sample, GRID).read().catch((error) => {
      if (error instanceof Deno.errors.NotCapable) throw error;
    });
    if (known !== undefined) {
      const localisation = await localiseImage(compute, known.image, {
        classifier,
        window: WINDOW,
        tile: TILE,
      });
      const { crack, clear } = mostDoubtful(known.truth, localisation, { reach: WINDOW });
      for (const doubt of [crack, clear]) {
        if (doubt === undefined) continue;
        const { x, y, width, height, score, peak: at, disagreement } = doubt;
        const patch = { x, y, width, height };
        doubts.push({ split, name, image, crack: doubt.crack, score, at, patch, disagreement });
      }
    }
    onPhoto?.(name);
  }
  return doubts.sort((a, b) => b.disagreement - a.disagreement);
}

/** The photos of both classes that are worth a look, for a terminal. */
export function describeDoubts(doubts: readonly Doubt[]): string {
  const sections = [false, true].flatMap((crack) => {
    const worst = doubts.filter((doubt) => doubt.crack === crack).slice(0, SHOWN);
    if (worst.length === 0) return [];
    const title = crack ? "Labelled crack, least is found in" : "Labelled crack-free, most is found in";
    const lines = worst.map((doubt) => {
      const { score, at: [x, y], patch } = doubt;
      const where = crack
        ? `the patch of ${patch.width} × ${patch.height} at ${patch.x}, ${patch.y}`
        : `at ${x}, ${y}`;
      return `  ${score.toFixed(2)}  ${fullName(doubt)}: ${where}`;
    });
    return `${title}:\n${lines.join("\n")}\n`;
  });
  return `Where the classifier contradicts the labels most, which may be wrong there:\n${sections.join("")}`;
}
