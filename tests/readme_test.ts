import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng } from "../core/images/encode_png.ts";
import { serveRepository } from "./serve_repository.ts";
import { crackPhoto } from "./tasks/crack_photo.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const ROOT = new URL("../", import.meta.url);
const readme = await Deno.readTextFile(new URL("README.md", ROOT));
const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT))) as {
  tasks: Record<string, { command: string }>;
};

/** Lines of the README's code blocks that run a script without its task: with the permissions that they name. */
const scripts = [...readme.matchAll(/^deno run (.+)$/gm)].map(([, line]) => line.split(" "));
/** Lines of the README's code blocks that run a task, without what starts Deno and the file that takes what is printed. */
const commands = [...readme.matchAll(/^(?: {4}npx -y deno@[\d.]+|deno) task (.+?)(?: > \S+)?$/gm)].map((
  [, line],
) => line.split(" "));
/** Tasks in running text: for those who change Hairline; CI runs the gate. */
const mentioned = new Set([...readme.matchAll(/(?<=`)deno task ([\w:-]+)/g)].map(([, name]) => name));
/** Flags in running text, in a command that has them. */
const SHARDS = ["label", "photos/", "--out", "shards/", "--shard", "1/4"];
/** Commands in blocks that contain these tests themselves; CI runs them. */
const NOT_FROM_WITHIN = new Set(["test"]);

/** The folders that the README's commands speak of: photos of 160 × 144, their masks, patches of both classes, and a test part of a dataset. */
async function prepare(folder: string): Promise<void> {
  const folders = [
    "photos",
    "masks",
    "patches/crack",
    "patches/no_crack",
    "CRACK500/test_img",
    "CRACK500/test_lab",
    "sorted/crack",
    "sorted/no_crack",
  ];
  for (const name of folders) {
    await Deno.mkdir(join(folder, name), { recursive: true });
  }
  const [width, height] = [160, 144];
  const mask = Uint8Array.from(
    { length: width * height },
    (_, i) => Math.abs(i % width - width / 2) < 1 ? 255 : 0,
  );
  const png = await encodePng({ width, height, channels: 1, data: mask });
  for (let i = 0; i < 2; i++) {
    for (const name of ["photos", "CRACK500/test_img"]) {
      await Deno.writeFile(join(folder, `${name}/${i}.png`), await crackPhoto(width, height, i));
    }
    for (const name of ["masks", "CRACK500/test_lab"]) {
      await Deno.writeFile(join(folder, `${name}/${i}.png`), png);
    }
    await Deno.writeFile(join(folder, `patches/crack/${i}.png`), await crackPhoto(128, 128, i));
    await Deno.writeFile(join(folder, `sorted/crack/${i}.png`), await crackPhoto(width, height, i));
    const flat = new Uint8Array(128 * 128).fill(150 + i);
    const clear = await encodePng({ width: 128, height: 128, channels: 1, data: flat });
    for (const name of ["patches", "sorted"]) {
      await Deno.writeFile(join(folder, `${name}/no_crack/${i}.png`), clear);
    }
  }
}

/** Runs a task with the permissions that deno.json gives it, in another folder than the repository's. */
async function runTask([name, ...args]: readonly string[], cwd: string | URL): Promise<void> {
  const flags = tasks[name].command.split(" ").slice(2, -1);
  const script = new URL(tasks[name].command.split(" ").at(-1)!, ROOT).pathname;
  await runDeno([
    "run",
    "--quiet",
    "--config",
    new URL("deno.json", ROOT).pathname,
    ...flags,
    script,
    ...args,
  ], cwd);
}

async function runDeno(args: readonly string[], cwd: string | URL): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), { args: [...args], cwd, stdin: "null" })
    .output();
  assert.equal(code, 0, `deno ${args.join(" ")}\n${new TextDecoder().decode(stderr)}`);
}

/** The README speaks of 150 photos, three epochs of ResNet-50 and hundreds of crops; these tests have two photos and little time. */
function shorten(command: readonly string[]): string[] {
  const least: Readonly<Record<string, string>> = {
    "--limit": "1",
    "--skip": "1",
    "--crops": "8",
    "--crop": "32",
  };
  const short = command.map((word, i) => least[command[i - 1]] ?? word);
  if (command[0] === "classifier:train") return [...short, "--epochs", "1"];
  if (command[0] === "teach") {
    return [...short, "--rounds", "1", "--crops", "4", "--batch", "2", "--crop", "32"];
  }
  return short;
}

Deno.test("README.md names only tasks that exist, and every one of them", () => {
  const named = new Set([...commands.map(([name]) => name), ...mentioned]);
  assert.deepEqual([...named].sort(), Object.keys(tasks).sort());
});

Deno.test("README.md names no flag that these tests do not run", () => {
  const run = new Set(
    [...commands, ...scripts, SHARDS].flat().filter((word) => word.startsWith("--"))
      .map((word) => word.split("=")[0]),
  );
  const named = [...readme.matchAll(/(?<![\w-])--[a-z][a-z0-9-]*/g)].map(([flag]) => flag);
  assert.deepEqual(named.filter((flag) => !run.has(flag)), []);
});

Deno.test("every command of README.md works, with the permissions of its task", async (t) => {
  await using folder = await temporaryFolder();
  await prepare(folder.path);
  for (const command of [...commands, SHARDS].filter(([name]) => !NOT_FROM_WITHIN.has(name))) {
    await t.step(command.join(" "), async () => {
      // The demo reads its photos from the repository and may write only to hairline-demo/ there.
      await runTask(shorten(command), command[0] === "demo" ? ROOT : folder.path);
    });
  }
});

Deno.test("commands of README.md that name their permissions need no others, from a server, too", async (t) => {
  await using folder = await temporaryFolder();
  await using server = serveRepository();
  await prepare(folder.path);
  for (const words of scripts) {
    await t.step(words.join(" "), async () => {
      const served = words.map((word) =>
        word.replace("https://HOST", `http://${server.host}`).replace("HOST", server.host)
          .replace(/^tasks\//, `${ROOT.pathname}tasks/`)
      );
      await runDeno(["run", "--quiet", "--no-lock", ...served], folder.path);
      assert.ok((await Deno.stat(join(folder.path, "labels/masks/0.png"))).isFile);
      await Deno.remove(join(folder.path, "labels"), { recursive: true });
    });
  }
});

Deno.test("README.md shows files that exist", async () => {
  for (const [, target] of readme.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
    assert.ok((await Deno.stat(new URL(target, ROOT))).isFile, target);
  }
});
