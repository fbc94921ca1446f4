import { A_TROUS, CANNY } from "./classical/edges.ts";
import { NIBLACK, SAUVOLA } from "./classical/local_thresholds.ts";
import { MULTI_OTSU, OTSU } from "./classical/otsu.ts";
import { OLIVEIRA } from "./classical/oliveira.ts";
import { FRANGI, SATO } from "./classical/ridges.ts";
import { TANAKA } from "./classical/tanaka.ts";
import { FAN } from "./weak/fan.ts";
import { INOUE } from "./weak/inoue.ts";
import type { LabellerId } from "./labellers.ts";
import type { MethodDescription } from "./method_description.ts";

/**
 * What each method of {@linkcode labellers} is, where it comes from and what it needs.
 *
 * @example
 * ```ts
 * import { methods } from "../../mod.ts";
 *
 * for (const [id, { title, source, needs }] of Object.entries(methods)) console.log(id, title, source, needs);
 * ```
 */
export const methods: Readonly<Record<LabellerId, MethodDescription>> = {
  "hairline": {
    title: "A segmentation network at several scales",
    source: "Hairline's own",
    needs: ["segmenter"],
  },
  "paper": {
    title: "Thresholds of small patches, where a classifier finds crack",
    source: "König et al. 2021, arXiv:2109.00456",
    needs: ["classifier"],
  },
  "cam-crf": {
    title: "Grad-CAM and a fully connected random field",
    source: "Dong et al. 2020, doi:10.1016/j.conbuildmat.2020.120291",
    needs: ["classifier"],
  },
  "inoue": INOUE,
  "fan": FAN,
  "sato": SATO,
  "frangi": FRANGI,
  "otsu": OTSU,
  "multi-otsu": MULTI_OTSU,
  "niblack": NIBLACK,
  "sauvola": SAUVOLA,
  "tanaka": TANAKA,
  "oliveira": OLIVEIRA,
  "a-trous": A_TROUS,
  "canny": CANNY,
};
