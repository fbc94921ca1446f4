import { type Signal, signal } from "./view.ts";

/** What is shown of the masks of two runs. */
export const SHOWN = { difference: "Difference", this: "This run", other: "The run beside" } as const;
export type Shown = keyof typeof SHOWN;

/** What is shown where a run lies beside: kept from photo to photo, in the overview and on the desk. */
export const shown: Signal<Shown> = signal("difference");

/** Shows the next of them. */
export function showNext(): void {
  const all = Object.keys(SHOWN) as Shown[];
  shown.value = all[(all.indexOf(shown.value) + 1) % all.length];
}
