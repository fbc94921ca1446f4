import type { Decision, Photo } from "./photo.ts";
import { Stopwatch } from "./stopwatch.ts";
import type { Studio } from "./studio.ts";
import { batch } from "./view.ts";

/** A photo, and what was decided about it before. */
type Before = readonly [photo: Photo, decision: Decision | undefined];

/** Decides about photos of the overview together; each time can be taken back. */
export class Decisions {
  readonly #studio: Studio;
  readonly #taken: Before[][] = [];
  readonly #stopwatch = new Stopwatch();

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  /** To be called when the overview is seen again: the time on the desk was counted there. */
  resume(): void {
    this.#stopwatch.restart();
  }

  /** Decides about photos; without a decision, takes theirs back. */
  take(photos: readonly Photo[], decision: Decision | undefined): void {
    if (photos.length === 0) return;
    this.#taken.push(photos.map((photo) => [photo, photo.decision.value]));
    // They were looked at together.
    const seconds = this.#stopwatch.take() / photos.length;
    for (const photo of photos) photo.seconds += seconds;
    batch(() => {
      for (const photo of photos) this.#studio.decide(photo, decision);
    });
  }

  /** Takes back what was decided last; whether there was anything. */
  undo(): boolean {
    const before = this.#taken.pop();
    batch(() => {
      for (const [photo, decision] of before ?? []) {
        photo.decision.value = decision;
        this.#studio.keep(photo);
      }
    });
    return before !== undefined;
  }
}
