import { printable, styleErr, writeErr } from "./terminal.ts";

/** Reports how far a task has come, on standard error. */
export interface Progress extends Disposable {
  /** Says that one more item is done; `skipped` ones (done by an earlier run) do not count for the rate. */
  advance(options?: { readonly detail?: string; readonly skipped?: boolean }): void;
  /**
   * Says how far the item under way is, which takes long: in the bar, which is redrawn in place; elsewhere, once in a while, by a line. The next
   * item that is done takes its place.
   */
  inside(detail: string): void;
  /** Prints a line, such as a warning, without tearing the bar. It is printed even where progress is quiet. */
  note(line: string): void;
}

/** What a progress report needs to know. */
export interface ProgressOptions {
  readonly total: number;
  /** What is counted, in the singular: `photo`, `step`. */
  readonly unit: string;
  /** No progress at all: notes only. */
  readonly quiet?: boolean;
  /** Whether to redraw a bar in place; a line every few seconds elsewhere. Default: standard error is a terminal. */
  readonly interactive?: boolean;
  /** Where it goes, and the clock in milliseconds: for tests. */
  readonly write?: (text: string) => void;
  readonly now?: () => number;
}

const BAR_WIDTH = 24;
/** Milliseconds between two redraws of a bar, and between two lines where there is no terminal. */
const REDRAW_EVERY = 100;
const LINE_EVERY = 5000;
/** Milliseconds between two lines about one item. */
const INSIDE_EVERY = 30_000;

/** Seconds as people say them: `8 s`, `3 min`, `2 h 05 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

function formatRate(perSecond: number): string {
  const [rate, time] = perSecond >= 1 ? [perSecond, "s"] : [perSecond * 60, "min"];
  return `${rate.toFixed(rate < 10 ? 1 : 0)}/${time}`;
}

function columns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80;
  }
}

/** Starts a progress report. Dispose of it (`using`) when the work ends, however it ends. */
export function startProgress(options: ProgressOptions): Progress {
  const { total, unit, quiet = false, write = writeErr, now = () => performance.now() } = options;
  const interactive = options.interactive ?? Deno.stderr.isTerminal();
  const start = now();
  let done = 0;
  let worked = 0;
  let drawn = false;
  let last = Number.NEGATIVE_INFINITY; // when something was printed
  let reported = 0;

  const pace = (): string[] => {
    const seconds = (now() - start) / 1000;
    if (worked === 0 || seconds === 0) return [];
    const left = (total - done) * seconds / worked;
    return [
      formatRate(worked / seconds),
      done < total ? `${formatDuration(left)} left` : formatDuration(seconds),
    ];
  };

  const draw = (detail: string) => {
    const filled = total === 0 ? BAR_WIDTH : Math.floor(done / total * BAR_WIDTH);
    const bar = "━".repeat(filled) + styleErr("dim", "─".repeat(BAR_WIDTH - filled));
    const tail = [`${done}/${total}`, ...pace(), printable(detail).replaceAll("\n", "\ufffd")].filter((
      part,
    ) => part !== "").join("  ");
    // Cut to the terminal's width: a wrapped line could not be redrawn in place.
    write(`\r${bar} ${[...tail].slice(0, Math.max(0, columns() - BAR_WIDTH - 2)).join("")}\x1b[K`);
    drawn = true;
  };

  const line = (more: readonly string[] = pace()) => {
    write(
      `${done} of ${total} ${unit}${total === 1 ? "" : "s"}${more.map((part) => `, ${part}`).join("")}\n`,
    );
    reported = done;
  };

  const clear = () => {
    if (drawn) write("\r\x1b[K");
    drawn = false;
  };

  if (!quiet && interactive) draw("");
  return {
    advance({ detail = "", skipped = false } = {}) {
      done++;
      if (!skipped) worked++;
      if (quiet || (now() - last < (interactive ? REDRAW_EVERY : LINE_EVERY) && done < total)) return;
      last = now();
      if (interactive) draw(detail);
      else line();
    },
    inside(detail) {
      if (quiet || now() - Math.max(last, start) < (interactive ? REDRAW_EVERY : INSIDE_EVERY)) return;
      last = now();
      if (interactive) draw(detail);
      else line([printable(detail)]);
    },
    note(text) {
      clear();
      write(`${printable(text)}\n`);
    },
    [Symbol.dispose]() {
      if (quiet) return;
      clear();
      if (done > reported || (interactive && done > 0)) line();
    },
  };
}
