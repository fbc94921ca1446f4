import type { Layout } from "./types.ts";

/** AEL: names without `GT_`. */
const AEL_TEST = new Set(
  ("AIGLE_RN_C19a AIGLE_RN_E17b AIGLE_RN_F05b AIGLE_RN_F06a AIGLE_RN_F06b AIGLE_RN_F08b AIGLE_RN_F10a AIGLE_RN_F10b " +
    "AIGLE_RN_F11b AIGLE_RN_F14a AIGLE_RN_F15a ESAR_20a ESAR_21a ESAR_22a ESAR_23a ESAR_25a ESAR_26a ESAR_27a ESAR_28a " +
    "ESAR_29a ESAR_32a ESAR_34a LCMS_24a LCMS_40c").split(" "),
);
const AEL_VAL = new Set(["AIGLE_RN_F01b", "AIGLE_RN_F09a", "AIGLE_RN_F14b", "LCMS_23a"]);

const CFD_VAL = new Set(["004", "009", "019", "039", "053", "062", "068"]);

/** Of DCD's training part. */
const DCD_VAL = new Set(
  ("11122-3 11122-4 11123-4 11123-6 11126 11130 11136 11138 11152 11159 11164-4 11166-1 11175-2 11179-3 11184-2 11289-3 " +
    "11289-9 7Q3A9060-14 7Q3A9064-16 7Q3A9064-18 7Q3A9064-7 IMG11-3 IMG16 IMG25-1 IMG33-10 IMG33-17 IMG33-2 IMG36-3 IMG56 " +
    "IMG_6536-6").split(" "),
);

/**
 * The split of a photo in the experiments of König et al., arXiv:2109.00456, by the lists that its authors published: CFD 64/7/46,
 * DCD 270/30/237, AEL 24 for test and 4 for validation. Undefined for other layouts, whose folders tell it.
 */
export function publishedSplit(
  layout: Layout,
  { name, split }: { readonly name: string; readonly split: string },
): string | undefined {
  switch (layout) {
    case "cfd":
      return Number(name) >= 73 ? "test" : CFD_VAL.has(name) ? "val" : "train";
    case "ael":
      return AEL_TEST.has(name) ? "test" : AEL_VAL.has(name) ? "val" : "train";
    case "dcd":
      return split === "train" && DCD_VAL.has(name) ? "val" : split;
    default:
      return undefined;
  }
}
