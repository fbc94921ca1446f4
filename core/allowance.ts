interface Waiting {
  readonly amount: number;
  readonly admit: () => void;
}

/**
 * Something of which only so much may be in use at a time. Who asks first is served first; what exceeds the whole is served alone.
 */
export class Allowance {
  readonly #total: number;
  readonly #waiting: Waiting[] = [];
  #used = 0;

  constructor(total: number) {
    this.#total = total;
  }

  /** Waits until `amount` is free, and takes it until the result is disposed of; disposing twice does nothing. */
  async take(amount: number): Promise<Disposable> {
    await new Promise<void>((admit) => {
      this.#waiting.push({ amount, admit });
      this.#serve();
    });
    let held = amount;
    return {
      [Symbol.dispose]: () => {
        this.#used -= held;
        held = 0;
        this.#serve();
      },
    };
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#used > 0 && this.#used + next.amount > this.#total) return;
      this.#used += next.amount;
      this.#waiting.shift();
      next.admit();
    }
  }
}
