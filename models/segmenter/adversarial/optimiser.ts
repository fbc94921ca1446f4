import type { tf } from "../../tfjs.ts";
import { Adam, SECOND_MOMENT_SUFFIX } from "../../training/adam.ts";
import { MomentumSgd, type MomentumSgdOptions } from "../../training/momentum.ts";
import type { AdversarialPair } from "./pair.ts";

/** How far both networks of a pair go in one step. */
export interface PairStep {
  /** From 0 on. */
  readonly step: number;
  /** Of the segmentation network. */
  readonly learningRate: number;
  readonly discriminatorRate: number;
}

/** Those of Hung et al. 2018 (arXiv:1802.07934) for the discriminator. */
const MOMENTS = { beta1: 0.9, beta2: 0.99 } as const;

/** Moves both networks of a pair: the segmentation network by momentum like any, the discriminator by Adam. */
export class PairOptimiser implements Disposable {
  readonly #segmenter: MomentumSgd;
  readonly #discriminator = new Adam(MOMENTS);

  /** @throws {RangeError} for a momentum outside 0 ≤ momentum < 1. */
  constructor(options: MomentumSgdOptions) {
    this.#segmenter = new MomentumSgd(options);
  }

  /** Moves the variables of a pair. The gradients, by the names of all of them, stay the caller's to dispose. */
  step(
    gradients: Readonly<Record<string, tf.Tensor>>,
    { segmenter, discriminator }: AdversarialPair,
    { step, learningRate, discriminatorRate }: PairStep,
  ): void {
    const { trainable } = segmenter;
    const own = Object.fromEntries(Object.entries(gradients).filter(([name]) => trainable.has(name)));
    this.#segmenter.step(own, trainable, learningRate);
    this.#discriminator.step(gradients, discriminator.trainable, { step, learningRate: discriminatorRate });
  }

  /** The state of both, by names of variables. It stays theirs: neither dispose of it nor keep it over a step. */
  state(): Map<string, tf.Tensor> {
    return new Map([...this.#segmenter.state(), ...this.#discriminator.state()]);
  }

  /** Takes over copies of what {@linkcode state} gave. */
  restore(state: ReadonlyMap<string, tf.Tensor>): void {
    const ofAdam = (name: string) =>
      name.endsWith(SECOND_MOMENT_SUFFIX) || state.has(name + SECOND_MOMENT_SUFFIX);
    this.#segmenter.restore(new Map([...state].filter(([name]) => !ofAdam(name))));
    this.#discriminator.restore(new Map([...state].filter(([name]) => ofAdam(name))));
  }

  [Symbol.dispose](): void {
    this.#segmenter.dispose();
    this.#discriminator[Symbol.dispose]();
  }
}
