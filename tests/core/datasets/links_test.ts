import assert from "node:assert/strict";
import { join, sep } from "node:path";
import { filesOutside, liesWithin } from "../../../core/datasets/links.ts";
import { openDataset } from "../../../core/datasets/open_dataset.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { mask, photo, writeFiles } from "./dataset_fixtures.ts";

Deno.test("liesWithin() tells what is below a folder, that of a whole disk, too", () => {
  const [disk, folder, other, below] = [sep, `${sep}a`, `${sep}ab`, `${sep}a${sep}b`];
  assert.deepEqual(
    [[folder, disk], [below, folder], [folder, folder], [other, folder], [folder, below], [disk, folder]]
      .map(([real, root]) => liesWithin(real, root)),
    [true, true, true, false, false, false],
  );
});

Deno.test("openDataset() leaves out files that links put outside the folder, names them, and takes them where it is told to", async () => {
  await using folder = await temporaryFolder();
  const root = join(folder.path, "data"), elsewhere = join(folder.path, "elsewhere");
  await writeFiles(folder.path, {
    "data/images/1.jpg": photo(1),
    "data/masks/1.png": mask(1),
    "data/masks/2.png": mask(2),
    "elsewhere/2.jpg": photo(2),
    "elsewhere/train/masks/3.png": mask(3),
  });
  const link = (to: string, at: string) =>
    `Deno.symlinkSync(${JSON.stringify(to)}, ${JSON.stringify(join(root, at))});`;
  // Links need permission for the whole disk, which deno eval has and the tests do not.
  const links = link("../../elsewhere/2.jpg", "images/2.jpg") + link("1.jpg", "images/3.jpg") +
    link("../../elsewhere/train/masks/3.png", "masks/3.png") + link("1.jpg", "images/4.jpg") +
    link("1.png", "masks/4.png");
  assert.ok((await new Deno.Command(Deno.execPath(), { args: ["eval", links] }).output()).success);
  const { samples, problems } = await openDataset(root);
  assert.deepEqual(samples.map(({ name }) => name), ["1", "4"]);
  assert.deepEqual(problems.map(({ kind, message }) => [kind, message.replaceAll(folder.path, "")]), [
    [
      "link",
      "Cannot use /data/images/2.jpg: a link leads out of /data to /elsewhere/2.jpg; have links followed, or copy the file.",
    ],
    [
      "link",
      "Cannot use /data/masks/3.png: a link leads out of /data to /elsewhere/train/masks/3.png; have links followed, or copy the file.",
    ],
  ]);
  const followed = await openDataset(root, { followLinks: true });
  assert.deepEqual(followed.samples.map(({ name }) => name), ["1", "2", "3", "4"]);
  // A folder on the way, and what it is called by the place that was named.
  const way = `Deno.symlinkSync("../elsewhere", ${JSON.stringify(join(root, "more"))});` +
    `Deno.symlinkSync("data", ${JSON.stringify(join(folder.path, "named"))});`;
  assert.ok((await new Deno.Command(Deno.execPath(), { args: ["eval", way] }).output()).success);
  assert.deepEqual([...await filesOutside(root, [join(root, "more/2.jpg"), join(root, "images/1.jpg")])], [
    [join(root, "more/2.jpg"), join(elsewhere, "2.jpg")],
  ]);
  const named = join(folder.path, "named");
  assert.equal(
    (await filesOutside(named, [join(named, "images/1.jpg"), join(named, "images/3.jpg")])).size,
    0,
  );
});
