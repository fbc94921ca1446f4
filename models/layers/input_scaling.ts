import { passing, type Schema } from "../../core/arguments.ts";
import { tf } from "../tfjs.ts";

/**
 * What becomes of RGB 0..255 before the first layer: (x − offset) / divisor, alike for all channels or with a value for each of R, G, B.
 * It comes before any padding with zeros: part of a first kernel and its bias it would be wrong along the edges.
 */
export interface InputScaling {
  /** Subtracted, on the scale of 0..255. */
  readonly offset: number | readonly [red: number, green: number, blue: number];
  /** What is left is divided by it. */
  readonly divisor: number | readonly [red: number, green: number, blue: number];
}

/** A scaling may be that of a network's input, which knows more; {@linkcode requireScaling} knows the values. */
export const SCALING: Schema<InputScaling> = passing<InputScaling>(
  "an offset and a divisor",
  (value) => typeof value === "object" && value !== null && "offset" in value && "divisor" in value,
);

/** By the mean and standard deviation of ImageNet's pixels, as most networks are trained with it. */
export const IMAGENET_SCALING = {
  offset: [123.675, 116.28, 103.53],
  divisor: [58.395, 57.12, 57.375],
} as const satisfies InputScaling;

/** What becomes of an image before the first layer: enlarged so many times, linearly, then scaled. */
export interface NetworkInput extends InputScaling {
  /** Default 1. */
  readonly enlarge?: number;
}

/**
 * Refuses a scaling of images that computes nothing finite.
 *
 * @throws {RangeError} for what is no number, or three, and for a divisor of 0.
 */
export function requireScaling({ offset, divisor }: InputScaling): void {
  if (isOperand(offset) && isOperand(divisor) && ![divisor].flat().includes(0)) return;
  throw new RangeError(
    `Cannot scale pictures by ${
      JSON.stringify({ offset, divisor })
    }: each must be one number or three, no divisor 0.`,
  );
}

function isOperand(value: unknown): boolean {
  return Number.isFinite(value) ||
    Array.isArray(value) && value.length === 3 && value.every((part) => Number.isFinite(part));
}

/**
 * Images as the first layer sees them.
 *
 * @param x N × H × W × 3, RGB 0..255.
 */
export function prepareImages(x: tf.Tensor4D, { enlarge = 1, offset, divisor }: NetworkInput): tf.Tensor4D {
  return tf.tidy(() => {
    const [, height, width] = x.shape;
    const large = enlarge === 1
      ? x
      : tf.image.resizeBilinear(x, [enlarge * height, enlarge * width], false, true);
    const operand = (value: InputScaling["offset"]) => typeof value === "number" ? value : [...value];
    return (offset === 0 ? large : large.sub<tf.Tensor4D>(operand(offset))).div(operand(divisor));
  });
}
