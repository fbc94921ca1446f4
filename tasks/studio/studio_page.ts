import style from "./page/studio.css" with { type: "text" };
import { VERSION } from "../cli/version.ts";
import { sourceHash } from "../report/markup.ts";
import { bundleForPages } from "./bundle.ts";

/** What a page that is a file may fetch: nothing. */
const ALONE = "default-src 'none';";

/** What one may fetch that a server of its own serves, and how it knows. */
const SERVED = "default-src 'none'; connect-src 'self';", SERVER = `<meta name="hairline-server" content="">`;

/**
 * The studio as one page that needs no other file and may fetch nothing. Its policy (https://www.w3.org/TR/CSP3/) lets run what the page
 * itself brings and nothing else, whatever a photo is called.
 *
 * @param folder where scripts are written meanwhile, and removed.
 */
export async function studioPage(folder: string): Promise<string> {
  const [script, engine, thumbnails] = await Promise.all(
    ["main", "engine", "thumbnail_worker"].map(async (name) =>
      inElement(await bundleForPages(`page/${name}.ts`, folder))
    ),
  );
  const policy = [
    // The workers are the page's own, and inherit what is allowed here.
    `script-src ${await sourceHash(script)} 'wasm-unsafe-eval' blob:`,
    "worker-src blob:",
    `style-src ${await sourceHash(style)}`,
    "img-src blob: data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${ALONE} ${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Hairline ${VERSION}">
<title>Hairline</title>
<style>${style}</style>
</head>
<body>
<div id="app"><p class="unsupported">This page needs JavaScript and a browser of 2025 or later: it marks cracks here, on your device.</p></div>
<script type="text/plain" id="engine">${engine}</script>
<script type="text/plain" id="thumbnails">${thumbnails}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** The same page for a server of the studio: it may ask that server, and knows that there is one. */
export function servedPage(page: string): string {
  return page.replace(ALONE, SERVED).replace("</head>", `${SERVER}\n</head>`);
}

/** A script that can stand in an element: what would end it, or begin a comment, is written otherwise. */
function inElement(script: string): string {
  return script.replace(/<(?=\/script|!--)/gi, "\\x3c");
}
