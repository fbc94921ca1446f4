const collator = new Intl.Collator("en", { numeric: true });

/** Natural order (IMG_9 before IMG_10), and code units where it cannot tell two names apart, so that the order never depends on the disk. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
