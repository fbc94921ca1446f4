import type { Photo } from "./photo.ts";

/** Milliseconds until what could not be saved is tried again. */
const AGAIN = 2000;

/** Saves photos one after the other, each as it is when its turn comes, and again and again until that succeeds. */
export class SaveQueue {
  readonly #waiting = new Set<Photo>();
  readonly #save: (photo: Photo) => Promise<void>;
  readonly #describe: (error: unknown) => string;
  #saving: Promise<void> | undefined;
  /** Called with a sentence when something cannot be saved, and with none when it was after all. */
  onTrouble: (sentence: string) => void = () => {};

  /** @param describe what a person is told of a failure. */
  constructor(save: (photo: Photo) => Promise<void>, describe: (error: unknown) => string) {
    this.#save = save;
    this.#describe = describe;
  }

  /** Whether something is not saved yet. */
  get waits(): boolean {
    return this.#waiting.size > 0 || this.#saving !== undefined;
  }

  /** Saves a photo; settles when all are saved. */
  add(photo: Photo): Promise<void> {
    this.#waiting.add(photo);
    return this.#saving ??= this.#saveAll().finally(() => this.#saving = undefined);
  }

  /** Gives up what waits. */
  clear(): void {
    this.#waiting.clear();
  }

  async #saveAll(): Promise<void> {
    for (let failed = false; this.#waiting.size > 0;) {
      const [photo] = this.#waiting;
      this.#waiting.delete(photo);
      try {
        await this.#save(photo);
        if (failed) this.onTrouble("");
        failed = false;
      } catch (error) {
        this.#waiting.add(photo);
        failed = true;
        this.onTrouble(this.#describe(error));
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
    }
  }
}
