/** Debian's Python, whose packages (python3-skimage, python3-opencv) the peers need. */
export const PYTHON = "/usr/bin/python3";

/** A peer in a subprocess that answers each question with one line. */
export class Peer {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #pending = "";

  /** Starts a script of the folder `peers`; what it has to say of missing modules appears on standard error. */
  constructor(script: string, args: string[]) {
    const { pathname } = new URL(`peers/${script}`, import.meta.url);
    const command = new Deno.Command(PYTHON, {
      args: [pathname, ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    });
    const process = command.spawn();
    this.#writer = process.stdin.getWriter();
    this.#reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Sends bytes, or a line of text, and waits for the answer. */
  async ask(question: Uint8Array | string): Promise<string> {
    await this.#writer.write(
      typeof question === "string" ? new TextEncoder().encode(`${question}\n`) : question,
    );
    return await this.line();
  }

  /** The next line that it writes. */
  async line(): Promise<string> {
    while (!this.#pending.includes("\n")) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error("it ended without an answer, its last words are above");
      this.#pending += value;
    }
    const end = this.#pending.indexOf("\n");
    const line = this.#pending.slice(0, end);
    this.#pending = this.#pending.slice(end + 1);
    return line;
  }
}
