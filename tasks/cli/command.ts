import { decodeFilesBy } from "../../core/images/decode_file.ts";
import { DecodingThread } from "../files/decoding_thread.ts";
import { maxPixelsOption } from "./common_options.ts";
import { describeError, ExitCode, exitCodeOf } from "./errors.ts";
import { endOnSignals } from "./interrupt.ts";
import { formatUsage, map, type Message, object, parse, type Parser, run, type Usage } from "./optique.ts";
import { type NamedPaths, scopedCommand } from "./permissions.ts";
import { nameRuntimeFolder } from "./runtime_folder.ts";
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
  /** Whether it decodes photos or masks of somebody's: it then has `--max-pixels`. */
  readonly decodes?: boolean;
  /** What it reads and writes beyond Hairline's own files: with it the command knows `--scoped`. */
  readonly paths?: (options: T) => NamedPaths | Promise<NamedPaths>;
  /** Whether the same command goes on where one was interrupted. */
  readonly resumes?: boolean;
}

/** Prints the command with the least permissions, and does nothing else. */
const SCOPED = "--scoped";

/** The command that a completion script completes: `deno install --name` can give it to any task. */
function installedName(name: string): string {
  return `hairline-${name.replaceAll(":", "-")}`;
}

function prose(text: string): Message {
  return [{ type: "text", text }];
}

function examples<T>(command: Command<T>): Message {
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

/** What to do, in three lines and an example: for those who typed the command's name to see what comes. */
function shortHelp<T>({ name, brief, parser, examples: [example] }: Command<T>): string {
  const task = `deno task ${name}`;
  return `${brief}\nUsage: ${
    formatUsage(task, shortUsage(parser.usage))
  }\n${task} --help lists the options.\n\n` +
    `${example.effect}:\n  ${example.command}\n`;
}

/** Says on standard output that a run with `--json` gave nothing else. */
function writeFailure<T>({ name }: Command<T>, error: string): void {
  const result = { program: "hairline", version: VERSION, task: name, error: printable(error).trim() };
  writeOut(`${JSON.stringify(result, null, 2)}\n`);
}

/** The options of a command, and what all that decode have. */
interface AllOptions<T> {
  readonly own: T;
  readonly maxPixels: number | undefined;
}

function withCommonOptions<T>(
  { parser, decodes = false }: Command<T>,
): Parser<"sync", AllOptions<T>, unknown> {
  if (!decodes) return map(parser, (own) => ({ own, maxPixels: undefined }));
  // The library's types do not see that what is inferred of a parser's T is T.
  return object({ own: parser, maxPixels: maxPixelsOption }) as Parser<"sync", AllOptions<T>, unknown>;
}

/** Reads the options. `--help`, `--version`, `--completion` and a wrong option end the process here. */
function parseOptions<T>(command: Command<T>, args: readonly string[]): AllOptions<T> {
  const task = `deno task ${command.name}`;
  if (args.length === 0 && !parse(command.parser, []).success) {
    writeErr(shortHelp(command));
    Deno.exit(ExitCode.Usage);
  }
  // A completion script defines a function for one word, while usage and errors show what people type.
  const completing = args.some((arg) => arg === "--completion" || arg.startsWith("--completion="));
  return run(withCommonOptions(command), {
    programName: completing ? installedName(command.name) : task,
    args,
    brief: prose(command.brief),
    description: prose(command.description),
    examples: examples(command),
    footer: prose(
      `Exit codes: 0 all done, 1 something failed, 2 wrong usage, 130 interrupted. --completion bash (or zsh, fish, ` +
        `pwsh, nu) prints a completion script for the command ${
          installedName(command.name)
        }, which you can make with deno install.` +
        (command.paths === undefined
          ? ""
          : ` ${SCOPED} beside the other options prints the command with the least permissions, such as ` +
            "deno run --allow-read=photos,labels --allow-write=labels …, and does nothing else."),
    ),
    help: { option: { names: ["-h", "--help"], group: "Other", hidden: "usage" } },
    version: { value: VERSION, option: { group: "Other", hidden: "usage" } },
    // Left out otherwise: it would put the words that shells add for their own use into every help page.
    completion: completing ? { option: true } : undefined,
    usageLine: shortUsage,
    stdout: (text) => writeOut(`${text}\n`),
    stderr: (text) => {
      writeErr(`${text}\n`);
      writeErr(styleErr("dim", `${task} --help lists the options.\n`));
      // It is broken into lines for a terminal.
      if (args.includes("--json")) writeFailure(command, text.replaceAll(/\s*\n\s*/g, " "));
    },
    onExit: (code) => Deno.exit(code),
    colors: wantsColor(args.includes("--help") || args.includes("-h") ? Deno.stdout : Deno.stderr),
    maxWidth: textWidth(),
    termWidth: "auto",
    showDefault: { prefix: " (default: ", suffix: ")" },
    showChoices: true,
    aboveError: "none",
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
  const { paths } = command;
  const scoped = paths !== undefined && Deno.args.includes(SCOPED);
  const args = scoped ? Deno.args.filter((arg) => arg !== SCOPED) : Deno.args;
  const json = args.includes("--json");
  const { own: options, maxPixels } = parseOptions(command, args);
  endOnSignals(() => {
    const sentence = describeInterrupt(command, args);
    writeErr(`${Deno.stderr.isTerminal() ? "\n" : ""}${sentence}\n`);
    if (json) writeFailure(command, sentence);
  });
  nameRuntimeFolder();
  decodeFilesBy(new DecodingThread({ maxPixels }).decode);
  let code: number;
  try {
    if (scoped) writeOut(`${scopedCommand(command.name, args, await paths(options))}\n`);
    code = scoped ? ExitCode.Ok : await action(options) ?? ExitCode.Ok;
  } catch (error) {
    const sentence = describeError(error);
    writeErr(`${styleErr("red", "Error:")} ${printable(sentence)}\n`);
    if (json) writeFailure(command, sentence);
    code = exitCodeOf(error);
  }
  Deno.exit(code);
}

/** What an interrupted run leaves. */
function describeInterrupt<T>({ resumes = false }: Command<T>, args: readonly string[]): string {
  if (!resumes) return "Interrupted: the same command will start again from the beginning.";
  return `Interrupted: the same command${
    args.includes("--restart") ? " without --restart" : ""
  } will carry on where this one stopped.`;
}
