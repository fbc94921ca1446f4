/** What networks are told where crack is with, in the order of tables. */
export const TRUTHS = ["masks", "crf", "labels"] as const;

/** What a network is told where crack is with: masks that people drew, labels of Dong et al.'s method, or the paper's. */
export type TruthName = typeof TRUTHS[number];

/** The paper's words for training with each: full and weak supervision. */
export const SUPERVISION = {
  masks: "FSV",
  crf: "WSV-CRF",
  labels: "WSV",
} as const satisfies Readonly<Record<TruthName, string>>;
