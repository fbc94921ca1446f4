import { message, type ValueParser } from "../cli/optique.ts";

/** Sides of patches in pixels, written `32,48,64`. */
export function sizesValue(): ValueParser<"sync", readonly number[]> {
  return {
    mode: "sync",
    metavar: "SIZES",
    placeholder: [128],
    parse(input) {
      const sizes = input.split(",").map(Number);
      if (sizes.every((size) => Number.isInteger(size) && size >= 8 && size <= 1024)) {
        return { success: true, value: sizes };
      }
      return {
        success: false,
        error: message`Expected sides from 8 to 1024 pixels such as ${"32,64"}, but got ${input}.`,
      };
    },
    format: (sizes) => sizes.join(),
  };
}
