/** The first value that is NaN or infinite; `undefined` where there is none. */
export function firstNonFinite(values: ArrayLike<number>): number | undefined {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return values[i];
  return undefined;
}

/**
 * Makes sure that a network gave numbers: NaN is above no threshold, so that a label would say of every photo that it shows no crack.
 *
 * @param network its name, for the message.
 * @throws {RangeError} for NaN and infinite values.
 */
export function requireFiniteOutput(values: ArrayLike<number>, network: string): void {
  const found = firstNonFinite(values);
  if (found === undefined) return;
  throw new RangeError(
    `Cannot use what ${network} gives: ${found} is among its outputs where finite numbers are wanted; its weights are ` +
      "damaged or too large, as after a training that diverged.",
  );
}
