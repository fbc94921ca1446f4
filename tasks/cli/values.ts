import { float, integer, message, type NonEmptyString, path, type ValueParser } from "./optique.ts";

/** The option of a field: `--patch-size` of `patchSize`. */
export function optionName(field: string): `--${string}` {
  return `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A whole number ≥ 1. */
export function positiveInteger(metavar: NonEmptyString = "N"): ValueParser<"sync", number> {
  return integer({ min: 1, max: Number.MAX_SAFE_INTEGER, metavar });
}

/** A whole number ≥ 0, such as a seed or a number of iterations. */
export function naturalNumber(metavar: NonEmptyString = "N"): ValueParser<"sync", number> {
  return integer({ min: 0, max: Number.MAX_SAFE_INTEGER, metavar });
}

/** A finite number > 0. */
export function positiveNumber(metavar: NonEmptyString = "X"): ValueParser<"sync", number> {
  const parser = float({ metavar });
  return {
    ...parser,
    placeholder: 1,
    parse(input) {
      const result = parser.parse(input);
      if (!result.success || result.value > 0) return result;
      return { success: false, error: message`Expected a number greater than 0, but got ${input}.` };
    },
  };
}

/** Positive numbers, separated by commas. */
export function positiveNumbers(metavar: NonEmptyString = "X,X,…"): ValueParser<"sync", readonly number[]> {
  return {
    mode: "sync",
    metavar,
    placeholder: [1],
    parse(input) {
      const values = input.split(",").map((part) => part.trim() === "" ? NaN : Number(part));
      if (values.every((value) => value > 0 && value < Infinity)) return { success: true, value: values };
      return {
        success: false,
        error: message`Expected numbers greater than 0 such as ${"3,5,7"}, but got ${input}.`,
      };
    },
    format: (value) => value.join(","),
  };
}

/** The side of a window with a pixel at its middle. */
export function oddNumber(): ValueParser<"sync", number> {
  const parser = positiveInteger("PIXELS");
  return {
    ...parser,
    parse(input) {
      const result = parser.parse(input);
      if (!result.success || result.value % 2 === 1) return result;
      return { success: false, error: message`Expected an odd number of pixels, but got ${input}.` };
    },
  };
}

/** A number from 0 to 1, both included. */
export function fraction(metavar: NonEmptyString = "X"): ValueParser<"sync", number> {
  return float({ min: 0, max: 1, metavar });
}

/** The path of a file. Whether it is there is seen when it is opened, so that a missing permission can be named. */
export function filePath(metavar: NonEmptyString = "FILE"): ValueParser<"sync", string> {
  return path({ type: "file", metavar });
}

/** The path of a folder. */
export function folderPath(metavar: NonEmptyString = "DIR"): ValueParser<"sync", string> {
  return path({ type: "directory", metavar });
}
