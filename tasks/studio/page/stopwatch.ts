/** Seconds that count at most without a sign of life: who is away looks at nothing. */
const AWAY = 60;

/** Counts the time that a person spends on something. */
export class Stopwatch {
  #last = performance.now();

  /** Begins anew. */
  restart(): void {
    this.#last = performance.now();
  }

  /** The seconds since it was asked last, a minute at most. */
  take(): number {
    const seconds = Math.min(AWAY, (performance.now() - this.#last) / 1000);
    this.restart();
    return seconds;
  }
}
