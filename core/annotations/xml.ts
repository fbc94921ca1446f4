import { XMLParser, XMLValidator } from "npm:fast-xml-parser@5.12.1";
import { type Fields, fieldsOf } from "./parsed.ts";

/** What XML 1.0 has no way to write. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const UNWRITABLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/** Whether a text can stand in XML at all. */
export function isXmlText(text: string): boolean {
  return !UNWRITABLE.test(text) && text.isWellFormed();
}

/** A text between the quotes of an attribute, or between tags. */
export function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"\t\n\r]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/**
 * The root of an XML text: attributes and elements by their names, elements as lists, texts as they are.
 *
 * @throws {SyntaxError} if it is no XML.
 */
export function parseXml(text: string, path: string): Fields {
  const fault = XMLValidator.validate(text);
  if (fault !== true) {
    throw new SyntaxError(
      `Cannot read ${path}: it is not XML at line ${fault.err.line}, column ${fault.err.col}.`,
    );
  }
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    parseAttributeValue: false,
    parseTagValue: false,
    htmlEntities: true,
    isArray: (_name, path) => String(path).includes("."),
  });
  return fieldsOf(parser.parse(text));
}
