import source from "../../shaders/augment.wgsl" with { type: "text" };
import jitterSource from "../../shaders/augment_jitter.wgsl" with { type: "text" };
import meanSource from "../../shaders/augment_mean.wgsl" with { type: "text" };
import randomSource from "../../shaders/random.wgsl" with { type: "text" };
import { argumentsSchema, checkArguments, NUMBER, optional, optionsSchema } from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";
import { randomUnit, randomWords } from "../random.ts";

/** Options of {@linkcode augment}. */
export interface AugmentOptions {
  /** Side of a patch, pixels; its columns where `rows` is given. */
  size: number;
  /** Rows of a patch. Default: as many as columns. */
  rows?: number;
  /** Chooses the random numbers, 0 to 2³² − 1. */
  seed: number;
  /** Chooses other random numbers of the same seed, 0 to 2³² − 1: another for each batch. */
  step: number;
  /** Kinds of variation that differ from {@linkcode defaultAugmentation}. */
  options?: Partial<Augmentation>;
}

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

const ARGUMENTS = argumentsSchema({
  patches: PLANE,
  options: optionsSchema<AugmentOptions>({
    size: NUMBER,
    rows: optional(NUMBER),
    seed: NUMBER,
    step: NUMBER,
    options: optional(optionsSchema<Partial<Augmentation>>({
      jitter: optional(optionsSchema<Augmentation["jitter"]>({
        probability: NUMBER,
        brightness: NUMBER,
        contrast: NUMBER,
        saturation: NUMBER,
        hue: NUMBER,
      })),
      gaussian: optional(optionsSchema<Augmentation["gaussian"]>({ probability: NUMBER, sigma: NUMBER })),
      multiplicative: optional(
        optionsSchema<Augmentation["multiplicative"]>({ probability: NUMBER, low: NUMBER, high: NUMBER }),
      ),
    })),
  }),
});

/** The strengths that König et al. trained their classifier with. */
export const defaultAugmentation: Augmentation = {
  jitter: { probability: 0.75, brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 0.2 },
  gaussian: { probability: 0.3, sigma: 0.01 * 255 },
  multiplicative: { probability: 0.3, low: 0.75, high: 1.25 },
};

const kernel = defineKernel("augment", source, { JITTER: jitterSource, RANDOM: randomSource });
const meanKernel = defineKernel("augment_mean", meanSource, { JITTER: jitterSource });

/** Invocations that share a patch. */
const LANES = 64;

/** Values of a row of the table. */
export const TABLE_WIDTH = 10;

/** Numbers of the operations in the table; hue has columns of its own. */
const BRIGHTNESS = 0, CONTRAST = 1, SATURATION = 2, HUE = 3;

/** The counters of a patch's own draws count down from here, those of its pixels up from 0. */
const LAST_COUNTER = 0xffffffff;

/**
 * Varies patches for training: colour jitter, then additive normal noise, then multiplication by a factor, each with its own
 * probability and strength in every patch. The same seed and step give the same result on any device, up to rounding.
 *
 * @example
 * ```ts
 * import { augment, extractPatches, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using photo = compute.upload({ width: 64, height: 64, channels: 3, data: new Uint8Array(64 * 64 * 3).fill(99) });
 * using patches = extractPatches(photo, { size: 32, stride: 32 });
 * using varied = augment(patches, { size: 32, seed: 1, step: 0 });
 * console.log((await varied.read()).length); // 12288
 * ```
 *
 * @param patches N·R × S × 3, 0..255, the patches of R rows and S columns one below the other.
 * @returns N·R × S × 3, 0..255.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the plane is not such a stack, or a number is outside its range.
 */
export function augment(patches: Plane, options: AugmentOptions): Plane {
  checkArguments("vary patches", ARGUMENTS, { patches, options });
  const { size, rows = size, seed, step, options: changes } = options;
  const { compute, width, height, channels } = patches;
  if (width !== size || !(height % rows === 0) || channels !== 3) {
    throw new RangeError(
      `Cannot vary patches of ${size} × ${rows}: the plane is ${width} × ${height} × ${channels}, ` +
        `as wide as a patch, a multiple of its rows high and 3 channels are wanted.`,
    );
  }
  for (const [name, value] of Object.entries({ seed, step })) {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) {
      throw new RangeError(
        `Cannot vary patches: the ${name} is ${value}, an integer from 0 to 2³² − 1 is wanted.`,
      );
    }
  }

  const count = height / rows;
  const data = augmentationTable(count, { ...defaultAugmentation, ...changes, seed, step });
  using table = compute.upload({ width: TABLE_WIDTH, height: count, channels: 1, data });
  using means = compute.create({ width: 1, height: count, channels: 1 });
  compute.run({
    kernel: meanKernel,
    inputs: [{ plane: patches, rows: (first, end) => [first * rows, end * rows] }, { plane: table }],
    output: means,
    params: { pixels: size * rows },
    invocations: (first, end) => [LANES, end - first, 1],
  });

  const output = compute.create({ width, height, channels });
  const patchesOf = (first: number, end: number) =>
    [Math.floor(first / rows), Math.ceil(end / rows)] as const;
  compute.run({
    kernel,
    inputs: [{ plane: patches }, { plane: table, rows: patchesOf }, { plane: means, rows: patchesOf }],
    output,
    params: { rows, seed, step },
  });
  return output;
}

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
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
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
    const operations = operationsInOrder(Math.floor(order * 24));
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
function operationsInOrder(number: number): number[] {
  const left = [BRIGHTNESS, CONTRAST, SATURATION, HUE];
  return [6, 2, 1, 1].map((orders) => {
    const [next] = left.splice(Math.floor(number / orders) % left.length, 1);
    return next;
  });
}
