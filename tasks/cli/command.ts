import { describeError, ExitCode, exitCodeOf } from "./errors.ts";
import { endOnSignals } from "./interrupt.ts";
import { type Message, type Parser, run, type Usage } from "./optique.ts";
import { printable, styleErr, textWidth, wantsColor, writeErr, writeOut } from "./terminal.ts";
import { VERSION } from "./version.ts";

/** A task of the command line: how it is called and what its help says. */
export interface Command<T> {
  /** The name of the task in deno.json, such as `label` or `classifier:train`. */
  readonly name: string;
  /** One line: what it does. */
  readonly brief: string;
  /** What goes in, what comes out and where. Paragraphs are parted by an empty line. */
  readonly description: string;
  /** Commands to copy, each with what it does. */
  readonly examples: readonly { readonly command: string; readonly effect: string }[];
  /** Its options, built from the parts that optique.ts exports. */
  readonly parser: Parser<"sync", T, unknown>;
}

/** The command that a completion script completes: `deno install --name` can give it to any task. */
function installedName(name: string): string {
  return `hairline-${name.replaceAll(":", "-")}`;
}

function prose(text: string): Message {
  return [{ type: "text", text }];
}

function examples(command: Command<unknown>): Message {
  return command.examples.flatMap(({ command, effect }, i): Message => [
    ...(i === 0 ? [] : [{ type: "lineBreak" } as const, { type: "lineBreak" } as const]),
    { type: "text", text: `${effect}:` },
    { type: "lineBreak" },
    { type: "text", text: "  " },
    { type: "commandLine", commandLine: command },
  ]);
}

/** What must be given, in full; what may be given, in a word. */
function shortUsage(usage: Usage): Usage {
  const terms = usage.flatMap((term) => term.type === "exclusive" ? term.terms[0] : [term]);
  const required = terms.filter((term) => term.type !== "optional");
  // Options first, arguments last, as everybody writes them.
  const isOption = (term: Usage[number]) => term.type === "option";
  return [
    ...required.filter(isOption),
    ...(required.length < terms.length ? [{ type: "literal", value: "[OPTIONS]" } as const] : []),
    ...required.filter((term) => !isOption(term)),
  ];
}

/** Reads the options. `--help`, `--version`, `--completion` and a wrong option end the process here. */
function parseOptions<T>(command: Command<T>, args: readonly string[]): T {
  const task = `deno task ${command.name}`;
  // A completion script defines a function for one word, while usage and errors show what people type.
  const completing = args.some((arg) => arg === "--completion" || arg.startsWith("--completion="));
  return run(command.parser, {
    programName: completing ? installedName(command.name) : task,
    args,
    brief: prose(command.brief),
    description: prose(command.description),
    examples: examples(command),
    footer: prose(
      `Exit codes: 0 all done, 1 something failed, 2 wrong usage, 130 interrupted. --completion bash (or zsh, fish, ` +
        `pwsh, nu) prints a completion script for the command ${
          installedName(command.name)
        }, which you can make with deno install.`,
    ),
    help: { option: { names: ["-h", "--help"], group: "Other", hidden: "usage" } },
    version: { value: VERSION, option: { group: "Other", hidden: "usage" } },
    // Left out otherwise: it would put the words that shells add for their own use into every help page.
    completion: completing ? { option: true } : undefined,
    usageLine: shortUsage,
    stdout: (text) => writeOut(`${text}\n`),
    stderr: (text) => {
      writeErr(`${text}\n`);
      if (args.length > 0) writeErr(styleErr("dim", `${task} --help lists the options.\n`));
    },
    onExit: (code) => Deno.exit(code),
    colors: wantsColor(args.includes("--help") || args.includes("-h") ? Deno.stdout : Deno.stderr),
    maxWidth: textWidth(),
    termWidth: "auto",
    showDefault: { prefix: " (default: ", suffix: ")" },
    showChoices: true,
    aboveError: args.length === 0 ? "help" : "none",
    errorExitCode: ExitCode.Usage,
  });
}

/**
 * Runs a task: reads its options, calls `action`, turns what it throws into one sentence on standard error, and ends the
 * process with a code of {@linkcode ExitCode}.
 *
 * @param action returns its exit code, or nothing for 0.
 */
export async function runCommand<T>(
  command: Command<T>,
  action: (options: T) => Promise<number | void>,
): Promise<never> {
  const options = parseOptions(command, Deno.args);
  endOnSignals();
  let code: number;
  try {
    code = await action(options) ?? ExitCode.Ok;
  } catch (error) {
    writeErr(`${styleErr("red", "Error:")} ${printable(describeError(error))}\n`);
    code = exitCodeOf(error);
  }
  Deno.exit(code);
}
