import { parseSweepJson, type SweepJson } from "./sweep_json.ts";
import {
  countsOf,
  type CrackQuality,
  intersectionOverUnion,
  isEmpty,
  pool,
  qualityOf,
  quotient,
  sum,
  type SweepCounts,
  type SweptImage,
} from "./swept_image.ts";

/** Pixels. No truth is drawn less exactly, and kernels for larger discs take long to compile. */
const LARGEST_TOLERANCE = 32;

/**
 * How images are brought together:
 * - `macro`: the mean over images;
 * - `micro`: the counts of all images are added up first, so that an image with much crack weighs more.
 */
export type Averaging = "macro" | "micro";

/** What is maximised over thresholds: see {@linkcode Sweep.ods}. */
export type OdsDefinition = Averaging | "mean-pr";

/** Options of {@linkcode Sweep.meanIou}. */
export interface MeanIouOptions {
  /** Defaults to `micro`: the counts of all images. */
  definition?: Averaging;
  /** One of 0.01, 0.02 … 0.99. Defaults to that of the greatest mean IoU. */
  threshold?: number;
}

/** Optimal dataset scale. */
export interface Ods {
  /** F1, 0..1. */
  value: number;
  /** Where it is reached, the lowest if several are equal. */
  threshold: number;
  /** Images without crack in which nothing is called crack at this threshold: their F1 counts as 1. */
  emptyImages: number;
}

/** Intersection over union. */
export interface MeanIou {
  /** Mean of the two classes, 0..1. */
  value: number;
  /** Intersection over union of crack, 0..1. */
  crack: number;
  /** Intersection over union of background, 0..1. */
  background: number;
  /** Where it was taken. */
  threshold: number;
}

/** A point of the precision-recall curve. */
export interface CurvePoint {
  /** 0.00, 0.01 … 0.99. */
  threshold: number;
  /** 0..1. */
  precision: number;
  /** 0..1. */
  recall: number;
}

/** A row of the table of images: how well crack was found at the image's own best threshold. */
export interface SweepRow extends CrackQuality {
  /** What the image is called. */
  name: string;
  /** Of all. */
  pixels: number;
  /** In truth. */
  crackPixels: number;
  /** Where F1 is greatest, the lowest if several are equal. */
  threshold: number;
  /** F1 at the threshold of the macro ODS; where no image shows crack, at that of the greatest mean F1. */
  f1AtOds: number;
  /** True if there is no crack and, at `threshold`, nothing is called crack, so that F1 counts as 1. */
  empty: boolean;
}

interface Entry {
  readonly image: SweptImage;
  /** At the thresholds 0.00 … 0.99. */
  readonly counts: readonly SweepCounts[];
}

/**
 * Predictions of images beside their truth at the thresholds 0.00, 0.01 … 0.99, as whole counts of pixels: sweeps of parts of a dataset
 * add up to exactly the sweep of all. A pixel is called crack where its value is at least the threshold. Made by `sweep()` and `sweepAll()`.
 *
 * In all metrics a quotient whose denominator is 0 is 0, but F1 is 1 for an image without crack in which nothing is called crack. Of images that
 * are all without crack there are no metrics: they would call a program perfect that finds nothing.
 *
 * @example Adding up what two machines wrote
 * ```ts
 * import { Sweep } from "../../mod.ts";
 *
 * const files = [`{"format":"hairline-sweep","version":1,"tolerance":2,"images":[]}`, JSON.stringify(new Sweep([], { tolerance: 2 }))];
 * const [all, other] = files.map((text) => Sweep.fromJSON(JSON.parse(text)));
 * console.log(all.add(other).size); // 0
 * ```
 */
export class Sweep {
  /** Distance in pixels up to which precision counts a pixel as right and recall one as found. */
  readonly tolerance: number;
  readonly #entries: Entry[] = [];
  readonly #names = new Set<string>();

  /**
   * A sweep of images whose histograms are known; without any, the start of a sum.
   *
   * @throws {RangeError} if the tolerance is not an integer from 0 to 32, or two images have one name.
   */
  constructor(images: Iterable<SweptImage> = [], { tolerance = 0 }: { tolerance?: number } = {}) {
    if (!Number.isInteger(tolerance) || tolerance < 0 || tolerance > LARGEST_TOLERANCE) {
      throw new RangeError(
        `Cannot sweep with a tolerance of ${tolerance} pixels: an integer from 0 to ${LARGEST_TOLERANCE} is wanted.`,
      );
    }
    this.tolerance = tolerance;
    this.#append([...images].map((image) => ({ image, counts: countsOf(image) })));
  }

  /** Images so far. */
  get size(): number {
    return this.#entries.length;
  }

  /** Pixels of all images that are crack in truth. Without any, ODS, OIS, AP, mean IoU and the curve are undefined, and asking for them throws. */
  get crackPixels(): number {
    return sum(this.#entries.map(({ counts }) => counts[0].crack));
  }

  /**
   * Adds the images of another sweep to this one.
   *
   * @returns this sweep.
   * @throws {RangeError} if the tolerances differ or both hold an image of the same name.
   */
  add(other: Sweep): this {
    if (other.tolerance !== this.tolerance) {
      throw new RangeError(
        `Cannot add a sweep with a tolerance of ${other.tolerance} pixels to one of ${this.tolerance}: ` +
          `equal tolerances are wanted.`,
      );
    }
    this.#append([...other.#entries]);
    return this;
  }

  /**
   * Optimal dataset scale: the greatest F1 that one threshold of 0.01 … 0.99 reaches for all images. Three definitions are in use:
   * - `macro` (default, the paper's eq. 10): the mean over images of F1;
   * - `mean-pr`: F1 of the mean precision and the mean recall;
   * - `micro`: F1 of the counts of all images.
   *
   * @throws {RangeError} if there are no images, or no pixel of them is crack in truth.
   */
  ods({ definition = "macro" }: { definition?: OdsDefinition } = {}): Ods {
    this.#check("ODS");
    const { t, value } = greatest((t) => this.#f1(definition, t));
    const emptyImages = this.#entries.filter(({ counts }) => isEmpty(counts[t])).length;
    return { value, threshold: t / 100, emptyImages };
  }

  /**
   * Optimal image scale (the paper's eq. 9): the mean over images of the greatest F1 that a threshold of 0.01 … 0.99 reaches.
   *
   * @throws {RangeError} if there are no images, or no pixel of them is crack in truth.
   */
  ois(): number {
    this.#check("OIS");
    return this.#mean((counts) => greatest((t) => qualityOf(counts[t]).f1).value);
  }

  /**
   * Average precision: Σ (R_t − R_{t + 0.01}) P_t over t = 0.00 … 0.99 with R_{1.00} = 0, P and R being those of {@linkcode Sweep.curve}.
   *
   * The paper's eq. 11 divides by the number of thresholds, too, which would bound AP by 0.01, against all its tables.
   *
   * @throws {RangeError} if there are no images, or no pixel of them is crack in truth.
   */
  ap({ definition = "macro" }: { definition?: Averaging } = {}): number {
    this.#check("AP");
    const points = this.curve({ definition });
    return sum(points.map(({ precision, recall }, t) => (recall - (points[t + 1]?.recall ?? 0)) * precision));
  }

  /**
   * Mean of the intersection over union of background and of crack, TP / (TP + FP + FN). It knows no tolerance: that of the sweep is not used.
   * The counts of all images are added up unless `definition` is `macro`, as in Long et al. (2015), doi:10.1109/CVPR.2015.7298965.
   *
   * @throws {RangeError} if there are no images, no pixel of them is crack in truth, or the threshold is not one of 0.01 … 0.99.
   */
  meanIou({ definition = "micro", threshold }: MeanIouOptions = {}): MeanIou {
    this.#check("mean IoU");
    const at = (t: number): { crack: number; background: number } => {
      if (definition === "micro") return intersectionOverUnion(this.#pooled(t));
      return {
        crack: this.#mean((counts) => intersectionOverUnion(counts[t]).crack),
        background: this.#mean((counts) => intersectionOverUnion(counts[t]).background),
      };
    };
    const mean = (t: number): number => (at(t).crack + at(t).background) / 2;
    const t = threshold === undefined ? greatest(mean).t : indexOf(threshold);
    return { value: mean(t), ...at(t), threshold: t / 100 };
  }

  /**
   * Precision and recall at the thresholds 0.00, 0.01 … 0.99: the means over images (`macro`, default), or those of the counts of all images.
   *
   * @throws {RangeError} if there are no images, or no pixel of them is crack in truth.
   */
  curve({ definition = "macro" }: { definition?: Averaging } = {}): CurvePoint[] {
    this.#check("precision-recall curve");
    return Array.from({ length: 100 }, (_, t) => this.#point(definition, t));
  }

  /** A row for each image, those of images without crack among them. */
  images(): SweepRow[] {
    if (this.size === 0) return [];
    const { t: ods } = greatest((t) => this.#f1("macro", t));
    return this.#entries.map(({ image, counts }) => {
      const { t } = greatest((t) => qualityOf(counts[t]).f1);
      return {
        name: image.name,
        pixels: counts[0].crack + counts[0].background,
        crackPixels: counts[0].crack,
        threshold: t / 100,
        ...qualityOf(counts[t]),
        f1AtOds: qualityOf(counts[ods]).f1,
        empty: isEmpty(counts[t]),
      };
    });
  }

  /** The whole sweep, for `JSON.stringify()`. */
  toJSON(): SweepJson {
    const images = this.#entries.map(({ image }) => image);
    return { format: "hairline-sweep", version: 1, tolerance: this.tolerance, images };
  }

  /**
   * The sweep that was written with {@linkcode Sweep.toJSON}.
   *
   * @param value from `JSON.parse()`.
   * @throws {SyntaxError} if the value is not a sweep, of another version, or damaged.
   * @throws {RangeError} if its tolerance is above 32 or two images have one name.
   */
  static fromJSON(value: unknown): Sweep {
    const { images, tolerance } = parseSweepJson(value);
    return new Sweep(images, { tolerance });
  }

  #append(entries: readonly Entry[]): void {
    const names = new Set(this.#names);
    for (const { image: { name } } of entries) {
      if (name === "") continue;
      if (names.has(name)) {
        throw new RangeError(
          `Cannot add the image ${name} to the sweep: there is one of that name; each image counts once.`,
        );
      }
      names.add(name);
    }
    for (const name of names) this.#names.add(name);
    for (const entry of entries) this.#entries.push(entry);
  }

  #check(metric: string): void {
    if (this.size === 0) {
      throw new RangeError(`Cannot take the ${metric} of a sweep of no images: at least one is wanted.`);
    }
    if (this.crackPixels === 0) {
      throw new RangeError(
        `Cannot take the ${metric} of ${this.size} ${
          this.size === 1 ? "image" : "images"
        }: none shows crack in truth, and it is undefined without any.`,
      );
    }
  }

  /** What ODS maximises over thresholds. */
  #f1(definition: OdsDefinition, t: number): number {
    if (definition === "micro") return qualityOf(this.#pooled(t)).f1;
    if (definition === "macro") return this.#mean((counts) => qualityOf(counts[t]).f1);
    const { precision, recall } = this.#point("macro", t);
    return quotient(2 * precision * recall, precision + recall);
  }

  #mean(value: (counts: readonly SweepCounts[]) => number): number {
    return sum(this.#entries.map(({ counts }) => value(counts))) / this.size;
  }

  #pooled(t: number): SweepCounts {
    return pool(this.#entries.map(({ counts }) => counts[t]));
  }

  #point(definition: Averaging, t: number): CurvePoint {
    const threshold = t / 100;
    if (definition === "micro") {
      const { precision, recall } = qualityOf(this.#pooled(t));
      return { threshold, precision, recall };
    }
    return {
      threshold,
      precision: this.#mean((counts) => qualityOf(counts[t]).precision),
      recall: this.#mean((counts) => qualityOf(counts[t]).recall),
    };
  }
}

/** The greatest value over the thresholds 0.01 … 0.99, given in hundredths; the lowest threshold of equal ones. */
function greatest(value: (t: number) => number): { t: number; value: number } {
  let best = { t: 1, value: value(1) };
  for (let t = 2; t < 100; t++) {
    const next = value(t);
    if (next > best.value) best = { t, value: next };
  }
  return best;
}

/** A threshold in hundredths. */
function indexOf(threshold: number): number {
  const t = Math.round(threshold * 100);
  if (!(t >= 1 && t <= 99 && Math.abs(threshold - t / 100) < 1e-9)) {
    throw new RangeError(
      `Cannot take the mean IoU at a threshold of ${threshold}: one of 0.01, 0.02 … 0.99 is wanted.`,
    );
  }
  return t;
}
