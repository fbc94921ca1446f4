/** The middle value, between the two middle ones of an even number; NaN of none. */
export function medianOf(values: readonly number[]): number {
  return quantileOf(values, 0.5);
}

/** The value that a share of all do not exceed, linear between two of them; NaN of none. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)];
  return low === undefined ? NaN : low + (sorted[Math.ceil(at)] - low) * (at - Math.floor(at));
}

/** The mean; NaN of none. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
