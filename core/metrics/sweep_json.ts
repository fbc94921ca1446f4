import { THRESHOLDS } from "../kernels/sweep_histogram.ts";
import { sum, type SweptImage } from "./swept_image.ts";

/** A sweep as JSON: what one shard of an evaluation writes and `Sweep.fromJSON()` reads. */
export interface SweepJson {
  /** Says what the file is. */
  readonly format: "hairline-sweep";
  /** Of the format; others are refused. */
  readonly version: 1;
  /** Pixels. */
  readonly tolerance: number;
  /** The histograms of each image. */
  readonly images: readonly SweptImage[];
}

const HISTOGRAMS = ["background", "crack", "correct", "found"] as const;

/**
 * Checks a value that was read from JSON.
 *
 * @throws {SyntaxError} if it is not a sweep, of another version, or damaged.
 */
export function parseSweepJson(value: unknown): SweepJson {
  if (!isRecord(value) || value.format !== "hairline-sweep") fail('it has no format "hairline-sweep"');
  if (value.version !== 1) fail(`it is of version ${show(value.version)}, this program reads version 1`);
  const { tolerance, images } = value;
  if (!isCount(tolerance)) fail(`its tolerance is ${show(tolerance)}, a whole number of pixels is wanted`);
  if (!Array.isArray(images)) fail("it has no list of images");
  return { format: "hairline-sweep", version: 1, tolerance, images: images.map(parseImage) };
}

function parseImage(value: unknown, index: number): SweptImage {
  if (!isRecord(value) || typeof value.name !== "string") fail(`its image ${index} has no name`);
  const { name } = value;
  const [background, crack, correct, found] = HISTOGRAMS.map((key) => {
    const bins = value[key];
    if (!Array.isArray(bins) || bins.length !== THRESHOLDS || !bins.every(isCount)) {
      fail(`the histogram "${key}" of image ${index} (${show(name)}) is not ${THRESHOLDS} counts of pixels`);
    }
    return bins as number[];
  });
  const possible = sum(found) === sum(crack) &&
    correct.every((count, b) => count <= background[b] + crack[b]);
  if (!possible) fail(`the histograms of image ${index} (${show(name)}) contradict each other`);
  return { name, background, crack, correct, found };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? "missing";
}

function fail(reason: string): never {
  throw new SyntaxError(`Cannot read the sweep: ${reason}.`);
}
