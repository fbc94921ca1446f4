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

/** What the head of a page is made of. */
export interface PageHead {
  readonly title: string;
  /** Hairline's. */
  readonly version: string;
  readonly style: string;
  readonly script: string;
  /** Whether the page shows images, as `data:` URLs. */
  readonly images: boolean;
}

/** A page that needs no network and no other file, up to the start of its body. */
export async function pageHead({ title, version, style, script, images }: PageHead): Promise<Html> {
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${await policy({ style, script, images })}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Hairline ${version}">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
`;
}

/** A style or script as a source of a content security policy (https://www.w3.org/TR/CSP3/#grammardef-hash-source). */
export async function sourceHash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${new Uint8Array(digest).toBase64()}'`;
}

/** The content security policy names what the page itself brings: nothing else runs or loads, whatever a name contains. */
async function policy(
  { style, script, images }: Pick<PageHead, "style" | "script" | "images">,
): Promise<string> {
  const sources = [
    "default-src 'none'",
    ...(images ? ["img-src data:"] : []),
    `style-src ${await sourceHash(style)}`,
    `script-src ${await sourceHash(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return sources.join("; ");
}
