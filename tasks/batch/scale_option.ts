import type { ScaleSettings } from "../../core/predict/predict_scales.ts";
import { message, type ValueParser } from "../cli/optique.ts";

/** At which scales to look at a photo: what `--scale` names. */
export type ScaleChoice = Pick<ScaleSettings, "start" | "levels">;

/** Scales as they are typed: `auto`, `1` or `1,0.5,0.25`. */
export function formatScales({ start, levels }: ScaleChoice): string {
  if (start === "auto") return start;
  return Array.from({ length: levels }, (_, level) => start / 2 ** level).join();
}

/** Reads `auto`, one scale, or several of which each is half of the one before. */
export function scalesValue({ levels }: { readonly levels: number }): ValueParser<"sync", ScaleChoice> {
  return {
    mode: "sync",
    metavar: "SCALES",
    placeholder: { start: "auto", levels },
    parse(input) {
      if (input === "auto") return { success: true, value: { start: "auto", levels } };
      const scales = input.split(",").map((part) => part.trim() === "" ? NaN : Number(part));
      if (!scales.every((scale) => scale > 0 && scale < Infinity)) {
        return {
          success: false,
          error: message`Expected ${"auto"} or scales such as ${"1"} or ${"1,0.5"}, but got ${input}.`,
        };
      }
      const wrong = scales.findIndex((scale, i) => i > 0 && scale !== scales[i - 1] / 2);
      if (wrong >= 0) {
        return {
          success: false,
          error: message`Expected scales of which each is half of the one before, but ${
            String(scales[wrong])
          } comes after ${String(scales[wrong - 1])}.`,
        };
      }
      return { success: true, value: { start: scales[0], levels: scales.length } };
    },
    format: formatScales,
  };
}
