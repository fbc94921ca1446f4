/// <reference lib="dom" />

/** Where workers find a classic script of the page: a page that was opened as a file may start none from another file. */
export function workerUrl(script: string): string {
  return URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
}
