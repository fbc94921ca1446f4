import type { LabellerNetworks } from "./labeller.ts";

/** What people want to know of a method of labelling before they choose it. */
export interface MethodDescription {
  /** What it does, in a few words. */
  readonly title: string;
  /** Who described it, and where. */
  readonly source: string;
  /** The networks that it asks: none of methods without training. */
  readonly needs: readonly (keyof LabellerNetworks)[];
}
