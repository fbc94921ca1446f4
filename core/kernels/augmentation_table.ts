import { randomUnit, randomWords } from "../random.ts";

/** How patches are varied. Probabilities are those of a patch, and each patch draws its own strengths. */
export interface Augmentation {
  /**
   * Colour jitter: brightness, contrast, saturation and hue in a random order. The first three are factors drawn from [1 − v, 1 + v]; the
   * hue is turned by a share of the full circle drawn from [−v, v].
   */
  jitter: { probability: number; brightness: number; contrast: number; saturation: number; hue: number };
  /** Additive normal noise, one value a pixel for all its channels; its standard deviation is drawn from [0, sigma], grey levels. */
  gaussian: { probability: number; sigma: number };
  /** Multiplication of the whole patch by a factor drawn from [low, high]. */
  multiplicative: { probability: number; low: number; high: number };
}

/** The strengths that König et al. trained their classifier with. */
export const defaultAugmentation: Augmentation = {
  jitter: { probability: 0.75, brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 0.2 },
  gaussian: { probability: 0.3, sigma: 0.01 * 255 },
  multiplicative: { probability: 0.3, low: 0.75, high: 1.25 },
};

/** Values of a row of the table. */
export const TABLE_WIDTH = 10;

/** Numbers of the operations in the table; hue has columns of its own. */
const BRIGHTNESS = 0, CONTRAST = 1, SATURATION = 2, HUE = 3;

/** The counters of a patch's own draws count down from here, those of its pixels up from 0. */
const LAST_COUNTER = 0xffffffff;

/**
 * What each patch of a batch is to undergo, one row of {@linkcode TABLE_WIDTH} values a patch:
 *
 * 0–5 three pairs (operation, factor) in the order in which they are applied: 0 brightness, 1 contrast, 2 saturation;
 * 6 how many of them come before the hue, 7 the turn of the hue, in turns;
 * 8 standard deviation of the additive noise, grey levels; 9 the factor of the whole patch.
 *
 * A patch that is not to be jittered has factors 1 and turn 0, one without noise 0 and 1.
 *
 * @param count patches.
 * @param options.seed 32 bits.
 * @param options.step 32 bits, another for each batch.
 */
export function augmentationTable(
  count: number,
  { jitter, gaussian, multiplicative, seed, step }: Augmentation & { seed: number; step: number },
): Float32Array {
  const table = new Float32Array(count * TABLE_WIDTH);
  for (let patch = 0; patch < count; patch++) {
    const draw = (block: number): number[] =>
      randomWords([seed, step, patch, LAST_COUNTER - block]).map(randomUnit);
    const [jittered, brightness, contrast, saturation] = draw(0);
    const [hue, order, noisy, sigma] = draw(1);
    const [multiplied, factor] = draw(2);
    const between = (low: number, high: number, unit: number): number => low + (high - low) * unit;

    const applied = Number(jittered < jitter.probability);
    const factors: number[] = [];
    factors[BRIGHTNESS] = 1 + applied * between(-jitter.brightness, jitter.brightness, brightness);
    factors[CONTRAST] = 1 + applied * between(-jitter.contrast, jitter.contrast, contrast);
    factors[SATURATION] = 1 + applied * between(-jitter.saturation, jitter.saturation, saturation);
    const operations = permutation(Math.floor(order * 24));
    const row = [
      ...operations.filter((operation) => operation !== HUE).flatMap((
        operation,
      ) => [operation, factors[operation]]),
      operations.indexOf(HUE),
      applied * between(-jitter.hue, jitter.hue, hue),
      noisy < gaussian.probability ? sigma * gaussian.sigma : 0,
      multiplied < multiplicative.probability ? between(multiplicative.low, multiplicative.high, factor) : 1,
    ];
    table.set(row, patch * TABLE_WIDTH);
  }
  return table;
}

/** The four operations in one of their 24 orders, in lexicographic order of orders. */
function permutation(number: number): number[] {
  const left = [BRIGHTNESS, CONTRAST, SATURATION, HUE];
  return [6, 2, 1, 1].map((orders) => {
    const [next] = left.splice(Math.floor(number / orders) % left.length, 1);
    return next;
  });
}
