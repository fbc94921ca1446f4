/**
 * Tells how much work each of several tasks is that overlap. While k tasks work at once, each gets a k-th of the time, as if they took turns:
 *
 *     work of a task = ∫ dt / k(t)   while it works
 *
 * Time in which a task waits for others is none of its work, and the works of all sum up to the time in which any of them worked.
 */
export class WorkClock {
  readonly #now: () => number;
  #working = 0;
  /** ∫ dt / k(t) so far, and when that was. */
  #share = 0;
  #at: number;

  /** @param now the time in milliseconds, for tests. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#at = now();
  }

  /** Begins a piece of work. The function that is returned ends it, and gives its seconds. */
  start(): () => number {
    this.#change(1);
    const start = this.#share;
    let seconds: number | undefined;
    return () => {
      if (seconds === undefined) {
        this.#change(-1);
        seconds = (this.#share - start) / 1000;
      }
      return seconds;
    };
  }

  #change(by: number): void {
    const now = this.#now();
    if (this.#working > 0) this.#share += (now - this.#at) / this.#working;
    this.#at = now;
    this.#working += by;
  }
}
