const VALIDATION = /^(?:val|valid|validation|dev)$/i;
const SPLIT = /^(?:train|training|test|testing)$/i;

/** The split that a folder's name means (`train`, `val`, `test`); undefined where it means none. */
export function splitOf(name: string): string | undefined {
  if (VALIDATION.test(name)) return "val";
  return SPLIT.test(name) ? name.toLowerCase().replace(/ing$/, "") : undefined;
}
