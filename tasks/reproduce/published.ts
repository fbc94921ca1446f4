/** The sets of photos that figures were published of. */
export const SETS = ["crack500", "cfd", "dcd", "ael"] as const;

/** A set of photos that figures were published of. */
export type SetName = typeof SETS[number];

/** What a set is called in tables. */
export const SET_TITLES: Readonly<Record<SetName, string>> = {
  crack500: "CRACK500",
  cfd: "CFD",
  dcd: "DCD",
  ael: "AEL",
};

/** Figures of a row, 0..1, images a second. */
export type PublishedRow = Readonly<
  Partial<Record<"F1" | "PR" | "RE" | "ODS" | "OIS" | "AP" | "images/s", number>>
>;

/** Table I of König et al., arXiv:2109.00456: patches of CRACK500's test part, by classifier. */
export const TABLE_1: Readonly<Record<string, PublishedRow>> = {
  resnet50: { F1: 0.9045, PR: 0.8824, RE: 0.9278 },
  resnet101: { F1: 0.9054, PR: 0.8864, RE: 0.9252 },
  resnet152: { F1: 0.8891, PR: 0.8836, RE: 0.8948 },
};

/** Table II: labels of CRACK500's training part, by classifier. */
export const TABLE_2: Readonly<Record<string, PublishedRow>> = {
  resnet50: { ODS: 0.5359, OIS: 0.5839, AP: 0.4371, "images/s": 0.1868 },
  resnet101: { ODS: 0.5040, OIS: 0.5706, AP: 0.3749, "images/s": 0.1841 },
  resnet152: { ODS: 0.5210, OIS: 0.5690, AP: 0.4095, "images/s": 0.1837 },
};

/** Table II: labels by Grad-CAM and a random field, after Dong et al. (the paper's [17]), of the same photos, by classifier. */
export const TABLE_2_CRF: Readonly<Record<string, PublishedRow>> = {
  resnet50: { ODS: 0.3796, OIS: 0.3796, AP: 0.1851, "images/s": 0.8739 },
  resnet101: { ODS: 0.2874, OIS: 0.2874, AP: 0.1278, "images/s": 0.5029 },
  resnet152: { ODS: 0.2698, OIS: 0.2698, AP: 0.1295, "images/s": 0.8266 },
};

/** Table VII: ablations on CRACK500's training part, with ResNet-50. */
export const TABLE_7: Readonly<Record<string, PublishedRow>> = {
  "no-bilateral": { ODS: 0.4691, OIS: 0.5034, AP: 0.3539 },
  "no-morphology": { ODS: 0.4436, OIS: 0.4436, AP: 0.2478 },
  "two-class": { ODS: 0.5375, OIS: 0.6128, AP: 0.5041 },
  paper: { ODS: 0.5359, OIS: 0.5839, AP: 0.4371 },
};

/**
 * What the authors report for their code with a ResNet-50 trained on each set's own training part: F1 of the mean precision and the mean
 * recall (`mean-pr`) of the test part's labels. github.com/jacobkoenig/WeaklySupervisedCrackSeg.
 */
export const AUTHORS_LABELS: Readonly<Partial<Record<SetName, number>>> = {
  cfd: 0.627,
  dcd: 0.782,
  ael: 0.45,
};
