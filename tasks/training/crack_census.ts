import {
  countCrack,
  type CrackCount,
  type DecodedPhoto,
  type PatchTruth,
  type PixelTruth,
} from "../../core/sampling/decoded_photo.ts";
import type { NamedSample } from "./named_sample.ts";

/** How much crack the photos of a training show. */
export class CrackCensus {
  readonly #counts = new Map<NamedSample<unknown>, CrackCount>();

  /** Counts a photo, as it is read. */
  add(named: NamedSample, photo: DecodedPhoto<PatchTruth | PixelTruth>): void {
    this.#counts.set(named, countCrack(photo));
  }

  /** The share of crack of photos that were counted, in a sentence. */
  describe(samples: readonly NamedSample<unknown>[]): string {
    const whole = samples.filter(({ truth }) => truth === "crack" || truth === "no_crack");
    const masked = this.#of(samples.filter((sample) => !whole.includes(sample)));
    const sentences: string[] = [];
    if (masked.length > 0) {
      const { known, crack } = sumOf(masked), shows = masked.filter((one) => one.crack > 0).length;
      const share = known === 0 ? 0 : 100 * crack / known;
      sentences.push(
        `Crack is ${share.toFixed(2)} % of what the masks of ${
          photos(masked.length)
        } show, and in ${shows} of them.`,
      );
    }
    if (whole.length > 0) {
      const cracked = whole.filter(({ truth }) => truth === "crack").length;
      sentences.push(
        `Of ${photos(whole.length)} labelled as a whole ${cracked} ${
          cracked === 1 ? "shows" : "show"
        } crack.`,
      );
    }
    return sentences.join(" ");
  }

  /**
   * Refuses photos without crack: from those nothing can be learnt, and on them nothing measured.
   *
   * @param purpose what they cannot be used for: `train on`.
   * @throws {Error} that says how the masks were read.
   */
  requireCrack(
    samples: readonly NamedSample<unknown>[],
    { purpose, notes }: { readonly purpose: string; readonly notes: readonly string[] },
  ): void {
    if (sumOf(this.#of(samples)).crack > 0) return;
    const read = notes.length === 0 ? "" : ` How they were read: ${notes.join(" ")}`;
    throw new Error(
      `Cannot ${purpose} ${
        photos(samples.length)
      }: by their masks no pixel is crack, and at least 1 is wanted.${read}`,
    );
  }

  #of(samples: readonly NamedSample<unknown>[]): CrackCount[] {
    return samples.flatMap((sample) => this.#counts.get(sample) ?? []);
  }
}

function sumOf(counts: readonly CrackCount[]): CrackCount {
  return counts.reduce((sum, { known, crack }) => ({ known: sum.known + known, crack: sum.crack + crack }), {
    known: 0,
    crack: 0,
  });
}

function photos(count: number): string {
  return count === 1 ? "1 photo" : `${count} photos`;
}
