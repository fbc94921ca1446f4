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

/** The segmentation networks of the paper. */
export type PublishedSegmenter = "unet" | "deepcrack_liu" | "deepcrack_zou" | "oed";

/** What networks are trained with, in the order of tables. */
export const TRUTHS = ["masks", "crf", "labels"] as const;

/** What a network is trained with: masks that people drew, labels of Dong et al.'s method, or the paper's. */
export type TruthName = typeof TRUTHS[number];

/** The paper's words for training with each truth: full and weak supervision. */
export const SUPERVISION = {
  masks: "FSV",
  crf: "WSV-CRF",
  labels: "WSV",
} as const satisfies Readonly<Record<TruthName, string>>;

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

/** Figures of segmentation networks by what they were trained with. */
export type PublishedSegmenters = Readonly<
  Record<TruthName, Readonly<Record<PublishedSegmenter, PublishedRow>>>
>;

/** ODS, OIS and AP. */
function row(ODS: number, OIS: number, AP: number): PublishedRow {
  return { ODS, OIS, AP };
}

/** Tables III (CRACK500), IV (CFD), V (AEL) and VI (DCD): each set, by networks trained on CRACK500's training part. */
export const TABLES_3_TO_6: Readonly<Record<SetName, PublishedSegmenters>> = {
  crack500: {
    masks: {
      unet: row(0.6631, 0.7148, 0.7716),
      deepcrack_liu: row(0.6620, 0.7197, 0.7670),
      deepcrack_zou: row(0.6860, 0.7303, 0.7902),
      oed: row(0.6911, 0.7373, 0.8004),
    },
    crf: {
      unet: row(0.5588, 0.6320, 0.6517),
      deepcrack_liu: row(0.5664, 0.6373, 0.6513),
      deepcrack_zou: row(0.5793, 0.6444, 0.6223),
      oed: row(0.5201, 0.6114, 0.5402),
    },
    labels: {
      unet: row(0.4468, 0.5443, 0.4371),
      deepcrack_liu: row(0.4504, 0.5669, 0.4546),
      deepcrack_zou: row(0.4539, 0.5602, 0.4508),
      oed: row(0.4550, 0.5494, 0.4472),
    },
  },
  cfd: {
    masks: {
      unet: row(0.1846, 0.2699, 0.1557),
      deepcrack_liu: row(0.1667, 0.2435, 0.0631),
      deepcrack_zou: row(0.3940, 0.4632, 0.3487),
      oed: row(0.3682, 0.4541, 0.3116),
    },
    crf: {
      unet: row(0.0909, 0.1674, 0.0958),
      deepcrack_liu: row(0.0856, 0.1446, 0.0772),
      deepcrack_zou: row(0.2018, 0.2625, 0.1479),
      oed: row(0.1042, 0.1589, 0.0443),
    },
    labels: {
      unet: row(0.1841, 0.1953, 0.1218),
      deepcrack_liu: row(0.1874, 0.1941, 0.1488),
      deepcrack_zou: row(0.0762, 0.0769, 0.0693),
      oed: row(0.4022, 0.4330, 0.3413),
    },
  },
  ael: {
    masks: {
      unet: row(0.0478, 0.0599, 0.0112),
      deepcrack_liu: row(0.0334, 0.0390, 0.0069),
      deepcrack_zou: row(0.2025, 0.2823, 0.2021),
      oed: row(0.2942, 0.3519, 0.2432),
    },
    crf: {
      unet: row(0.1555, 0.2028, 0.0468),
      deepcrack_liu: row(0.0683, 0.1114, 0.0289),
      deepcrack_zou: row(0.1691, 0.2165, 0.0899),
      oed: row(0.1016, 0.1259, 0.0365),
    },
    labels: {
      unet: row(0.2550, 0.3345, 0.2163),
      deepcrack_liu: row(0.2766, 0.3967, 0.2134),
      deepcrack_zou: row(0.3830, 0.4604, 0.2391),
      oed: row(0.4461, 0.5022, 0.4024),
    },
  },
  dcd: {
    masks: {
      unet: row(0.5886, 0.6475, 0.4478),
      deepcrack_liu: row(0.4643, 0.5497, 0.3095),
      deepcrack_zou: row(0.6521, 0.6954, 0.6653),
      oed: row(0.7055, 0.7474, 0.8148),
    },
    crf: {
      unet: row(0.4417, 0.5432, 0.5655),
      deepcrack_liu: row(0.3705, 0.4395, 0.4431),
      deepcrack_zou: row(0.4457, 0.4961, 0.4889),
      oed: row(0.2616, 0.3271, 0.0942),
    },
    labels: {
      unet: row(0.6199, 0.7120, 0.6595),
      deepcrack_liu: row(0.6597, 0.7319, 0.7228),
      deepcrack_zou: row(0.6936, 0.7530, 0.7961),
      oed: row(0.6843, 0.7605, 0.7596),
    },
  },
};

/** Table VIII: OED trained on labels of the training part, and of the test part, too. */
export const TABLE_8: Readonly<Record<SetName, Readonly<Record<"train" | "both", PublishedRow>>>> = {
  crack500: { train: row(0.4550, 0.5494, 0.4472), both: row(0.4562, 0.5567, 0.4507) },
  cfd: { train: row(0.4022, 0.4330, 0.3413), both: row(0.4220, 0.4557, 0.3639) },
  ael: { train: row(0.4461, 0.5022, 0.4024), both: row(0.4698, 0.5207, 0.4589) },
  dcd: { train: row(0.6843, 0.7605, 0.7596), both: row(0.6781, 0.7582, 0.7442) },
};

/** Table IX: trained and tested on a combination of DCD, CFD and AEL. */
export const TABLE_9: PublishedSegmenters = {
  masks: {
    unet: row(0.7347, 0.7910, 0.8861),
    deepcrack_liu: row(0.7347, 0.7948, 0.8696),
    deepcrack_zou: row(0.5744, 0.6275, 0.6511),
    oed: row(0.7581, 0.8119, 0.8965),
  },
  crf: {
    unet: row(0.6523, 0.7345, 0.8175),
    deepcrack_liu: row(0.6286, 0.7242, 0.8227),
    deepcrack_zou: row(0.4178, 0.4914, 0.4370),
    oed: row(0.6641, 0.7321, 0.8035),
  },
  labels: {
    unet: row(0.6700, 0.7371, 0.7511),
    deepcrack_liu: row(0.7036, 0.7674, 0.8068),
    deepcrack_zou: row(0.5367, 0.5774, 0.5879),
    oed: row(0.7233, 0.7805, 0.8179),
  },
};
