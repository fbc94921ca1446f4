import { join } from "node:path";
import { listOf, NUMBER, optional, passing, recordSchema, type Schema, TEXT } from "../../core/arguments.ts";
import { statOrNull } from "../../core/datasets/list_files.ts";
import { VERSION } from "../cli/version.ts";
import { staysInside } from "../files/output_names.ts";
import { readRecord } from "../files/read_record.ts";
import { writeWhole } from "../files/write_whole.ts";

/** What a person says of a photo's mask: it is right, it was mended, or it is no use. */
export const DECISIONS = ["accepted", "corrected", "rejected"] as const;
export type Decision = typeof DECISIONS[number];

/** What is known of a photo that was looked at. */
export interface ReviewedPhoto {
  /** The name of its outputs in the run. */
  readonly name: string;
  /** Left out where something was noted, such as a scale, but nothing decided. */
  readonly decision?: Decision;
  /** When it was noted last, ISO 8601. */
  readonly at: string;
  /** Seconds that it was looked at, all times together. */
  readonly seconds: number;
  /** Pixels in which the corrected mask differs from the run's. */
  readonly changedPixels?: number;
  /** Millimetres that a pixel shows, by a length that was drawn on the photo. */
  readonly mmPerPixel?: number;
}

/** `review/review.json` in the folder of a run: what people decided. The run's own files stay as they are. */
export interface Review {
  readonly program: "hairline";
  readonly version: string;
  readonly photos: readonly ReviewedPhoto[];
}

const among = <Value extends string>(values: readonly Value[]): Schema<Value> =>
  passing<Value>(values.join(", "), (value) => values.includes(value as Value));

const REVIEWED_PHOTO: Schema<ReviewedPhoto> = recordSchema<ReviewedPhoto>({
  name: passing<string>(
    "a path below the folder of outputs",
    (value) => typeof value === "string" && staysInside(value),
  ),
  decision: optional(among(DECISIONS)),
  at: TEXT,
  seconds: NUMBER,
  changedPixels: optional(NUMBER),
  mmPerPixel: optional(
    passing<number>("a positive number", (value) => Number(value) > 0 && value !== Infinity),
  ),
});

/** What is looked at of photos before it is relied on. */
export const REVIEWED_PHOTOS: Schema<readonly ReviewedPhoto[]> = listOf(REVIEWED_PHOTO, "a list of photos");

const REVIEW: Schema<Review> = recordSchema<Review>({
  program: among(["hairline"]),
  version: TEXT,
  photos: REVIEWED_PHOTOS,
});

/** The folder of a review in that of its run. */
export function reviewFolder(run: string): string {
  return join(run, "review");
}

/** The mask that a person mended: PNG, 255 where there is crack, 0 elsewhere. */
export function correctedMaskPath(run: string, name: string): string {
  return join(reviewFolder(run), "masks", `${name}.png`);
}

/**
 * What was decided about the photos of a run, by their names; empty where nobody looked.
 *
 * @throws {Error} for a file that is no review, in a sentence.
 */
export async function readReview(run: string): Promise<Map<string, ReviewedPhoto>> {
  const path = join(reviewFolder(run), "review.json");
  if (await statOrNull(path) === null) return new Map();
  const { photos } = await readRecord(path, REVIEW, "move it away to begin the review anew");
  return new Map(photos.map((photo) => [photo.name, photo]));
}

/** How a task takes what was decided: masks of photos that were decided about only; those before others; or the run's own. */
export const REVIEW_USES = ["only", "prefer", "ignore"] as const;
export type ReviewUse = typeof REVIEW_USES[number];

/** What comes of a photo's mask by what people decided about it. */
export interface MaskVerdict {
  /** Whether the photo has a mask that counts. */
  readonly counts: boolean;
  /** The mask that counts in place of the run's: a person mended it. */
  readonly corrected?: string;
  /** Whether a person says that the mask is right, as found or as mended. */
  readonly vouched: boolean;
}

/**
 * Reads what people decided about the masks of a run: the one way in which tasks take it.
 *
 * @param run its folder, or one in which nobody decided anything.
 * @returns the verdict on a photo's mask, by the name of its outputs.
 * @throws {Error} for a file that is no review, in a sentence.
 */
export async function readVerdicts(
  run: string,
  use: ReviewUse = "prefer",
): Promise<(name: string) => MaskVerdict> {
  const review = use === "ignore" ? new Map<string, ReviewedPhoto>() : await readReview(run);
  return (name) => {
    switch (review.get(name)?.decision) {
      case "rejected":
        return { counts: false, vouched: false };
      case "corrected":
        return { counts: true, corrected: correctedMaskPath(run, name), vouched: true };
      case "accepted":
        return { counts: true, vouched: true };
      case undefined:
        return { counts: use !== "only", vouched: false };
    }
  };
}

/** The review of a run, each change of which is written at once. */
export class ReviewStore {
  readonly #run: string;
  readonly #photos: Map<string, ReviewedPhoto>;
  /** Changes are written one after the other: each is the whole file. */
  #last: Promise<void> = Promise.resolve();

  private constructor(run: string, photos: Map<string, ReviewedPhoto>) {
    this.#run = run;
    this.#photos = photos;
  }

  /** Opens the review of a run, or begins one. */
  static async open(run: string): Promise<ReviewStore> {
    return new ReviewStore(run, await readReview(run));
  }

  get(name: string): ReviewedPhoto | undefined {
    return this.#photos.get(name);
  }

  /** All photos that were looked at, and the seconds, decisions and pixels of all. */
  get photos(): readonly ReviewedPhoto[] {
    return [...this.#photos.values()];
  }

  /**
   * Notes a photo, and writes its mended mask where there is one: the mask first, so that no decision stands without it.
   *
   * @param mask a PNG file.
   */
  save(photo: ReviewedPhoto, mask?: Uint8Array): Promise<void> {
    return this.#write([photo], async () => {
      if (mask !== undefined) await writeWhole(correctedMaskPath(this.#run, photo.name), mask);
    });
  }

  /** Notes photos whose masks stay as they are: however many, the review is written once. */
  saveAll(photos: readonly ReviewedPhoto[]): Promise<void> {
    return this.#write(photos);
  }

  #write(photos: readonly ReviewedPhoto[], before?: () => Promise<void>): Promise<void> {
    const saved = this.#last.then(async () => {
      await before?.();
      for (const photo of photos) this.#photos.set(photo.name, photo);
      const review: Review = { program: "hairline", version: VERSION, photos: this.photos };
      const path = join(reviewFolder(this.#run), "review.json");
      await writeWhole(path, `${JSON.stringify(review, null, 2)}\n`);
    });
    this.#last = saved.catch(() => {});
    return saved;
  }
}
