/** A piece of HTML whose text is escaped already. */
export class Html {
  constructor(readonly source: string) {}
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

type Part = string | number | Html | readonly Html[];

function render(part: Part): string {
  if (part instanceof Html) return part.source;
  if (typeof part === "object") return part.map(({ source }) => source).join("");
  return String(part).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** A template of HTML: whatever is put into it is text, escaped for elements and quoted attributes alike, unless it is HTML. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((source, string, i) => source + render(parts[i - 1]) + string));
}

/** An image as an attribute's value, so that the page stands alone: PNG by its signature, JPEG otherwise. */
export function dataUrl(image: Uint8Array): Html {
  const type = image[0] === 0x89 ? "png" : "jpeg";
  return new Html(`data:image/${type};base64,${image.toBase64()}`);
}
