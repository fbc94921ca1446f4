import type { StageKey } from "../../core/stages.ts";

/** What a report says of each map of the method: its title and what is to be seen in it. */
export const STAGE_NOTES: Readonly<Record<StageKey, { readonly title: string; readonly note: string }>> = {
  "patch-map": { title: "Patch scores", note: "How sure the classifier is that a small patch shows crack." },
  "activation-map": {
    title: "Class activation",
    note: "Where the classifier finds crack in the whole photo.",
  },
  "localisation": { title: "Localisation", note: "The mean of both, cut below the threshold and eroded." },
  "denoised": { title: "Denoised photo", note: "Bilateral filter: grain is smoothed, edges are kept." },
  "grey": { title: "Grey values", note: "The weighted mean of red, green and blue." },
  "threshold": { title: "Patch threshold", note: "Dark in every patch around it." },
  "product": { title: "Localised threshold", note: "The localisation, where the threshold says dark." },
  "confidence": { title: "Confidence", note: "Denoised and closed: the label." },
};
