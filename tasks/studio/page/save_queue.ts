import type { Photo } from "./photo.ts";
import { type Signal, signal } from "./view.ts";

/** Milliseconds until what could not be saved is tried again. */
const AGAIN = 2000;

/** Photos that are saved together at most. */
const TOGETHER = 1000;

/** How photos are saved. */
export interface Saving {
  /** Saves photos as they are now. */
  readonly save: (photos: readonly Photo[]) => Promise<void>;
  /** What a person is told of a failure. */
  readonly describe: (error: unknown) => string;
  /** Whether a photo can be saved with others like it. Default: each by itself. */
  readonly together?: (photo: Photo) => boolean;
}

/** Saves photos in turn, each as it is when its turn comes, and again and again until that succeeds. */
export class SaveQueue {
  readonly #waiting = new Set<Photo>();
  readonly #saves: Saving;
  readonly #isSaving: Signal<boolean> = signal(false);
  #saving: Promise<void> | undefined;
  /** Called with a sentence when something cannot be saved, and with none when it was after all. */
  onTrouble: (sentence: string) => void = () => {};

  constructor(saves: Saving) {
    this.#saves = saves;
  }

  /** Whether something is not saved yet; views that ask follow. */
  get waits(): boolean {
    return this.#isSaving.value;
  }

  /** Saves a photo; settles when all are saved. */
  add(photo: Photo): Promise<void> {
    this.#waiting.add(photo);
    this.#isSaving.value = true;
    return this.#saving ??= this.#saveAll().finally(() => {
      this.#saving = undefined;
      this.#isSaving.value = false;
    });
  }

  /** Gives up what waits. */
  clear(): void {
    this.#waiting.clear();
  }

  /** Takes those whose turn it is. */
  #take(): readonly Photo[] {
    const [first] = this.#waiting;
    const { together = () => false } = this.#saves;
    const photos = together(first) ? [...this.#waiting].filter(together).slice(0, TOGETHER) : [first];
    for (const photo of photos) this.#waiting.delete(photo);
    return photos;
  }

  async #saveAll(): Promise<void> {
    for (let failed = false; this.#waiting.size > 0;) {
      const photos = this.#take();
      try {
        await this.#saves.save(photos);
        if (failed) this.onTrouble("");
        failed = false;
      } catch (error) {
        for (const photo of photos) this.#waiting.add(photo);
        failed = true;
        this.onTrouble(this.#saves.describe(error));
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
    }
  }
}
