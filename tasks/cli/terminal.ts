const encoder = new TextEncoder();

type Stream = typeof Deno.stdout | typeof Deno.stderr;

/** Writes all of a text, or ends quietly where the reader has gone away (`| head`). */
function writeAll(stream: Stream, text: string): void {
  let bytes = encoder.encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** Results, and nothing else, go to standard output. */
export function writeOut(text: string): void {
  writeAll(Deno.stdout, text);
}

/** A text that may hold names of files: whatever would move the cursor, change colours or turn letters round becomes �. */
export function printable(text: string): string {
  return text.replaceAll(/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}

/** Progress, notes and errors go to standard error. */
export function writeErr(text: string): void {
  writeAll(Deno.stderr, text);
}

/** Whether a stream is a terminal on which colours are wanted (NO_COLOR unset; Deno reads it without a permission). */
export function wantsColor(stream: Stream): boolean {
  return !Deno.noColor && stream.isTerminal();
}

/** Columns of the terminal, 100 at most so that prose stays readable, and 80 where there is none. */
export function textWidth(): number {
  try {
    return Math.max(40, Math.min(100, Deno.consoleSize().columns));
  } catch {
    return 80;
  }
}

/** Wraps a text for standard error in an SGR code where colours are wanted. */
export function styleErr(code: "bold" | "dim" | "red" | "yellow", text: string): string {
  const sgr = { bold: 1, dim: 2, red: 31, yellow: 33 }[code];
  return wantsColor(Deno.stderr) ? `\x1b[${sgr}m${text}\x1b[0m` : text;
}

/** `1 file`, `2 files`. */
export function count(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? "" : "s"}`;
}

/** Rows of a table for a terminal: the first cell of each on the left, the others on the right of their columns. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    `${
      row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ").trimEnd()
    }\n`
  ).join("");
}
