/**
 * The option parser, `@optique/core` and `@optique/run`: their version is named here and nowhere else. Both run without
 * any permission.
 *
 * @module
 */
import { type Parser, withDefault as withOptiqueDefault } from "npm:@optique/core@1.3.6";

export {
  argument,
  choice,
  float,
  formatUsage,
  group,
  integer,
  map,
  merge,
  message,
  multiple,
  object,
  option,
  optional,
  parse,
  string,
} from "npm:@optique/core@1.3.6";
export type {
  InferValue,
  Message,
  NonEmptyString,
  Parser,
  Usage,
  ValueParser,
  ValueParserResult,
} from "npm:@optique/core@1.3.6";
export { path, run } from "npm:@optique/run@1.3.6";

/**
 * Gives an option a default, which its help shows as it would be typed.
 *
 * @param format how it would be typed, where that is not as it prints.
 */
export function withDefault<T, State, const D = T>(
  parser: Parser<"sync", T, State>,
  value: D,
  format: (value: D) => string = String,
): Parser<"sync", T | D, [State] | undefined> {
  return withOptiqueDefault(parser, value, { message: [{ type: "text", text: format(value) }] });
}
