import type { InputScaling } from "./network.ts";

/**
 * Refuses a scaling of pictures that computes nothing finite.
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
