import type { Compute, PlaneSource } from "../../core/gpu/compute.ts";
import { decodeFile } from "../../core/images/decode_file.ts";
import { sweepAll, type SweepPair } from "../../core/metrics/sweep.ts";
import type { Sweep } from "../../core/metrics/sweep_result.ts";
import { ignoredPixels } from "../../core/sampling/decoded_photo.ts";
import { describeError } from "../cli/errors.ts";
import { maskNote } from "../data/mask_notes.ts";
import type { PredictionPair } from "./pair_predictions.ts";

/** Options of {@linkcode sweepFiles}. */
export interface SweepFilesOptions {
  readonly compute: Compute;
  /** Pixels. */
  readonly tolerance: number;
  /** What stands for certainty in the confidence maps. Default: 255. */
  readonly full?: 1 | 255;
  /** Called after each pair, with a sentence where it cannot be used. */
  readonly onPair: (name: string, failure?: string) => void;
  /** Is given a sentence where something was decided about a mask alone. */
  readonly onNote?: (sentence: string) => void;
}

/** What {@linkcode sweepFiles} counted, and how long it took. */
export interface SweptFiles {
  readonly sweep: Sweep;
  /**
   * Seconds in which files were read and decoded, and in which the rest was waited for: uploads, counting, reading the counts back. What
   * the device counts while the next files are decoded is in the former.
   */
  readonly seconds: { readonly decoding: number; readonly metrics: number };
}

/** Compares confidence maps with their truth, one pair in memory at a time. What cannot be read is reported, and the rest goes on. */
export async function sweepFiles(
  pairs: Iterable<PredictionPair>,
  { compute, tolerance, full = 255, onPair, onNote }: SweepFilesOptions,
): Promise<SweptFiles> {
  const start = performance.now();
  let decoding = 0;
  async function* planes(): AsyncGenerator<SweepPair> {
    for (const pair of pairs) {
      const begun = performance.now();
      const images = await readPair(pair, full);
      decoding += performance.now() - begun;
      if (typeof images !== "string") {
        using prediction = compute.upload(images.prediction);
        using truth = compute.upload(images.truth);
        using ignored = images.ignored && compute.upload(images.ignored);
        if (images.note !== undefined) onNote?.(images.note);
        yield { name: pair.name, prediction, truth, ignored };
      }
      onPair(pair.name, typeof images === "string" ? images : undefined);
    }
  }
  const sweep = await sweepAll(planes(), { tolerance });
  const whole = performance.now() - start;
  return { sweep, seconds: { decoding: decoding / 1000, metrics: (whole - decoding) / 1000 } };
}

/** A confidence map, its truth, and which of its pixels are left out. */
interface ReadPair {
  readonly prediction: PlaneSource;
  readonly truth: PlaneSource;
  readonly ignored?: PlaneSource;
  /** What was decided about this mask alone. */
  readonly note?: string;
}

/** Both images, or why they cannot be used. */
async function readPair(
  { prediction: path, truth: sample }: PredictionPair,
  full: 1 | 255,
): Promise<ReadPair | string> {
  let reading = path;
  try {
    const prediction = await readGreyConfidence(path, full);
    reading = sample.truthPath ?? sample.imagePath;
    const truth = await sample.truth();
    if (typeof truth === "boolean") {
      return `Cannot use ${path}: its photo is labelled as a whole, and a mask is wanted.`;
    }
    if (truth.width !== prediction.width || truth.height !== prediction.height) {
      return `Cannot use ${path}: it is ${prediction.width} × ${prediction.height}, but its truth ${reading} is ` +
        `${truth.width} × ${truth.height}.`;
    }
    const shape = { width: truth.width, height: truth.height, channels: 1 };
    const { weight } = truth;
    return {
      prediction,
      truth: { ...shape, data: truth.data },
      ignored: weight === undefined ? undefined : { ...shape, data: ignoredPixels(weight) },
      note: maskNote(sample, truth),
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const sentence = describeError(error);
    return sentence.includes(reading) ? sentence : `${reading}: ${sentence}`;
  }
}

/**
 * Reads a confidence map: grey values from 0 to what stands for certainty as 0..1.
 *
 * @returns H × W × 1.
 * @throws {RangeError} if the image is not grey; else what `Deno.readFile()` and `decodeFile()` throw.
 */
async function readGreyConfidence(path: string, full: 1 | 255): Promise<PlaneSource> {
  const { width, height, data: rgba } = await decodeFile(await Deno.readFile(path), { samples: "stored" });
  const data = new Float32Array(width * height);
  for (let i = 0, at = 0; i < data.length; i++, at += 4) {
    const value = rgba[at];
    if (rgba[at + 1] !== value || rgba[at + 2] !== value) {
      throw new RangeError(
        `Cannot use ${path}: its pixel (${i % width}, ${Math.floor(i / width)}) has the colour ` +
          `${value}, ${rgba[at + 1]}, ${rgba[at + 2]}, and the grey values of a confidence map are wanted.`,
      );
    }
    data[i] = value / full;
  }
  return { width, height, channels: 1, data };
}
