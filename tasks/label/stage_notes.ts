import type { StageKey } from "../../core/label/stages.ts";

/** What is to be seen in each map of the method, for a report. */
export const STAGE_NOTES: Readonly<Record<StageKey, string>> = {
  "patch-map": "How sure the classifier is that a small patch shows crack.",
  "activation-map": "Where the classifier finds crack in the whole photo.",
  "localisation": "The mean of both, cut below the threshold and eroded.",
  "denoised": "Bilateral filter: grain is smoothed, edges are kept.",
  "grey": "The weighted mean of red, green and blue.",
  "threshold": "Dark in every patch around it.",
  "product": "The localisation, where the threshold says dark.",
  "confidence": "Denoised and closed: the label.",
};
