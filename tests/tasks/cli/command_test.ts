import assert from "node:assert/strict";
import { temporaryFolder } from "../../temporary_folder.ts";
import { runScript, scriptArgs } from "../run_script.ts";

const FIXTURE = "tests/tasks/cli/fixture_command.ts";

Deno.test("runCommand() hands over typed options with their defaults", async () => {
  const { code, out } = await runScript(FIXTURE, [
    "a.jpg",
    "b",
    "--out=x",
    "--sigma",
    "1e-3",
    "--shard",
    "2/4",
  ]);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(out), {
    paths: ["a.jpg", "b"],
    out: "x",
    recipe: "paper",
    patchStride: 16,
    sigma: 0.001,
    shard: { index: 2, count: 4 },
  });
});

Deno.test("runCommand() teaches with an example in its help and needs no permission for it", async () => {
  const { code, out, err } = await runScript(FIXTURE, ["--help"]);
  assert.equal(code, 0);
  assert.equal(err, "");
  assert.match(out, /Usage: deno task fixture:command -o\/--out DIR \[OPTIONS\] PATH\.\.\./);
  assert.match(out, /deno task fixture:command a\.jpg --out labels\//);
  assert.match(out, /--recipe TYPE +What to follow\. \(default: paper\) \(choices: paper, reference\)/);
  // Neither colours nor cursor codes where there is no terminal.
  assert.doesNotMatch(out, new RegExp("\x1b"));
});

Deno.test("runCommand() says in three lines and an example what to give where nothing was, and ends with 2", async () => {
  const { code, out, err } = await runScript(FIXTURE, []);
  assert.equal(code, 2);
  assert.equal(out, "");
  assert.deepEqual(err.split("\n"), [
    "Tests the command line.",
    "Usage: deno task fixture:command -o/--out DIR [OPTIONS] PATH...",
    "deno task fixture:command --help lists the options.",
    "",
    "Do nothing to one photo:",
    "  deno task fixture:command a.jpg --out labels/",
    "",
  ]);
});

Deno.test("runCommand() prints one JSON object with the error where --json was given, whatever failed", async () => {
  const faults: [args: string[], code: number, error: RegExp][] = [
    [["--fail", "usage"], 2, /^Cannot find a photo in nothing\.$/],
    [["--fail", "sentence"], 1, /^Cannot cut 0 patches: /],
    [["--recipe", "papr"], 2, /Expected one of "paper" and "reference"/],
  ];
  for (const [args, expected, error] of faults) {
    const { code, out } = await runScript(FIXTURE, ["a", "-o", "x", "--json", ...args]);
    assert.equal(code, expected);
    const result = JSON.parse(out);
    assert.equal(result.task, "fixture:command");
    assert.match(result.error, error);
  }
});

Deno.test("runCommand() prints the command with the least permissions for --scoped, and tells of it in its help", async () => {
  const args = ["a,b.jpg", "it's", "https://example.org/x", "--out", "new labels", "--scoped"];
  const { code, out, err } = await runScript(FIXTURE, args);
  assert.equal(code, 0, err);
  const root = new URL("../../../", import.meta.url).pathname;
  assert.equal(
    out,
    `deno run --no-prompt --allow-read='a,,b.jpg,it'\\''s,new labels,${root}' --allow-write='new labels' ` +
      `--allow-net=example.org --allow-env=XDG_RUNTIME_DIR ${root}tasks/fixture/command.ts ` +
      "a,b.jpg 'it'\\''s' https://example.org/x --out 'new labels'\n",
  );
  const help = (await runScript(FIXTURE, ["--help"])).out.replaceAll(/\s+/g, " ");
  assert.match(help, /--scoped beside the other options prints the command with the least permissions/);
});

const WRONG: Record<string, [args: string[], message: RegExp]> = {
  "an unknown option, with a suggestion": [["a", "--outt", "b"], /"--outt"[^]*Did you mean `--out`/],
  "a choice that is none": [
    ["a", "-o", "b", "--recipe", "papr"],
    /`--recipe`: Expected one of "paper" and "reference"/,
  ],
  "a whole number below its range": [
    ["a", "-o", "b", "--patch-stride", "0"],
    /greater than or equal to 1, but got "0"/,
  ],
  "a fraction for a whole number": [
    ["a", "-o", "b", "--patch-stride", "1.5"],
    /valid integer, but got "1\.5"/,
  ],
  "zero for a positive number": [["a", "-o", "b", "--sigma", "0"], /greater than 0, but got "0"/],
  "infinity for a number": [["a", "-o", "b", "--sigma", "Infinity"], /but got "Infinity"/],
  "a share above one": [["a", "-o", "b", "--threshold", "1.01"], /less than or equal to 1, but got "1\.01"/],
  "a shard past the count": [["a", "-o", "b", "--shard", "9/4"], /got "9\/4"[^]*"1\/4 to 4\/4"/],
  "a shard that is none": [["a", "-o", "b", "--shard", "half"], /such as "2\/8", but got "half"/],
  "an option given twice": [["a", "-o", "b", "-o", "c"], /cannot be used multiple times/],
  "an empty path": [["", "-o", "b"], /Path must not be empty/],
};

for (const [what, [args, message]] of Object.entries(WRONG)) {
  Deno.test(`runCommand() refuses ${what}`, async () => {
    const { code, out, err } = await runScript(FIXTURE, args);
    assert.equal(code, 2);
    assert.equal(out, "");
    assert.match(err.replaceAll(/\s+/g, " "), new RegExp(message.source.replaceAll("[^]*", ".*")));
    assert.match(err, /deno task fixture:command --help lists the options\./);
  });
}

Deno.test("runCommand() completes options, choices and paths for every shell", async () => {
  for (const shell of ["bash", "zsh", "fish", "pwsh", "nu"]) {
    const { code, out } = await runScript(FIXTURE, ["--completion", shell]);
    assert.equal(code, 0);
    assert.match(out, /hairline-fixture-command/);
  }
  const { out: options } = await runScript(FIXTURE, ["--completion", "bash", "--rec"]);
  assert.match(options, /^--recipe$/m);
  const { out: choices } = await runScript(FIXTURE, ["--completion", "bash", "--recipe", "r"]);
  assert.match(choices, /^reference$/m);
});

const FAILING: Record<string, [fail: string, code: number, err: RegExp]> = {
  "one sentence and 1 for an error raised on purpose": [
    "sentence",
    1,
    /^Error: Cannot cut 0 patches: the size 0 is not positive; give at least 1\.\n$/,
  ],
  "one sentence and 2 for a call that cannot work": [
    "usage",
    2,
    /^Error: Cannot find a photo in nothing\.\n$/,
  ],
  "a stack and a request to report for a fault of the program": [
    "bug",
    1,
    /^Error: This is a fault of Hairline[^]*TypeError: Cannot read properties[^]*fixture_command\.ts/,
  ],
  "the same for what the engine raises inside our code": [
    "parse",
    1,
    /^Error: This is a fault of Hairline[^]*SyntaxError/,
  ],
  "the flag for a missing read permission": [
    "read",
    2,
    /^Error: Cannot read my photo\.jpg: .* --allow-read='my photo\.jpg' /,
  ],
  "the flag for a missing write permission": ["write", 2, /^Error: Cannot write x: .* --allow-write=x /],
  "nothing more for inputs that failed": ["some", 1, /^$/],
};

for (const [what, [fail, expected, message]] of Object.entries(FAILING)) {
  Deno.test(`runCommand() ends with ${what}`, async () => {
    const { code, err } = await runScript(FIXTURE, ["my photo.jpg", "-o", "x", "--fail", fail]);
    assert.match(err, message);
    assert.equal(code, expected);
  });
}

Deno.test("runCommand() names the path of a file that is not there", async () => {
  const { code, err } = await runScript(FIXTURE, ["not/there.jpg", "-o", "x", "--fail", "read"], {
    permissions: ["--allow-read"],
  });
  assert.equal(err, "Error: Cannot read not/there.jpg: there is no such file or folder.\n");
  assert.equal(code, 2);
  const pattern = await runScript(FIXTURE, ["not/*.jpg", "-o", "x", "--fail", "read"], {
    permissions: ["--allow-read"],
  });
  assert.match(
    pattern.err,
    /^Error: Cannot read not\/\*\.jpg: no file fits this pattern, [^\n]*; give the folder itself\.\n$/,
  );
});

Deno.test({
  name: "runCommand() says that the disk is full",
  ignore: Deno.build.os !== "linux",
  async fn() {
    // Deno guards devices: all permissions are asked for.
    const { code, err } = await runScript(FIXTURE, ["a", "-o", "x", "--fail", "full"], {
      permissions: ["-A"],
    });
    assert.equal(
      err,
      "Error: Cannot write /dev/full: the disk is full; free some space and run the command again.\n",
    );
    assert.equal(code, 1);
    const denied = await runScript(FIXTURE, ["a", "-o", "x", "--fail", "full"], {
      permissions: ["--allow-read", "--allow-write"],
    });
    assert.match(
      denied.err,
      /^Error: Cannot use \/dev\/full: this run has no permission .* --allow-all among/,
    );
    assert.equal(denied.code, 2);
  },
});

Deno.test({
  name:
    "runCommand() ends with 130 on Ctrl-C, leaves no half a file and says that the same command will carry on",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    const child = new Deno.Command(Deno.execPath(), {
      args: scriptArgs(FIXTURE, ["a", "--out", folder, "--fail", "wait"], [`--allow-write=${folder}`]),
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read(); // "waiting": the temporary file is open
    assert.deepEqual([...Deno.readDirSync(folder)].map((entry) => entry.name), [".a.txt.part"]);
    child.kill("SIGINT");
    assert.equal((await child.status).code, 130);
    await reader.cancel();
    assert.equal(
      await new Response(child.stderr).text(),
      "Interrupted: the same command will carry on where this one stopped.\n",
    );
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  },
});
