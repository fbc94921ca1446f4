/**
 * Refuses a scale of channels outside (0, 1].
 *
 * @throws {RangeError} naming the network and the width.
 */
export function requireWidth(arch: string, width: number): void {
  if (width > 0 && width <= 1) return;
  throw new RangeError(
    `Cannot lay out ${arch} of width ${width}: the width must be above 0 and at most 1.`,
  );
}
