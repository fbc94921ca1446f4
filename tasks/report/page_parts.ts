import { type Html, markup } from "./markup.ts";

/** A photo that something failed for. */
export interface FailedEntry {
  readonly name: string;
  /** Why, in a sentence. */
  readonly error: string;
}

/** A count as a page shows it: `1,234`. */
export function formatCount(value: number): string {
  return value.toLocaleString("en");
}

/** `1 photo`, `1,234 photos`. */
export function plural(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** Entries of a list of terms. */
export function terms(pairs: readonly (readonly [string, string])[]): Html[] {
  return pairs.map(([term, value]) => markup`<div><dt>${term}</dt><dd>${value}</dd></div>`);
}

/** What failed, and why; nothing where nothing did. */
export function failureList(failures: readonly FailedEntry[]): Html {
  if (failures.length === 0) return markup``;
  return markup`<section id="failed"><h2>${plural(failures.length, "photo")} failed</h2>
<dl>${terms(failures.map(({ name, error }) => [name, error]))}</dl></section>`;
}
