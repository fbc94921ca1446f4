import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng } from "../../../core/images/encode_png.ts";
import { runExperiment } from "../../../tasks/reproduce/experiments.ts";
import { otherSet } from "../../../tasks/reproduce/paper_set.ts";
import { writeFiles } from "../../core/datasets/dataset_fixtures.ts";
import { seeded } from "../../core/testing.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { tinyScale } from "./fixtures.ts";

const SIDE = 61;

/** A dark crack three pixels wide on noise, where `inside` is less than 1.5, and its mask. */
async function drawn(inside: (x: number, y: number) => number) {
  const random = seeded(5);
  const mask = Uint8Array.from(
    { length: SIDE * SIDE },
    (_, i) => Math.abs(inside(i % SIDE, Math.floor(i / SIDE))) <= 1.5 ? 255 : 0,
  );
  const data = mask.map((crack) => (crack > 0 ? 40 : 160) + 20 * random());
  const size = { width: SIDE, height: SIDE, channels: 1 } as const;
  return { image: await encodePng({ ...size, data }), mask: await encodePng({ ...size, data: mask }) };
}

Deno.test("the pen is measured with a stroke for each branch, and three for a ring", async () => {
  await using folder = await temporaryFolder();
  const set = join(folder.path, "set");
  const photos = {
    slanting: await drawn((x, y) => Math.max(Math.abs(y - 10 - x / 2), Math.abs(x - 30) - 20)),
    ring: await drawn((x, y) => Math.hypot(x - 30, y - 30) - 18),
  };
  await writeFiles(
    set,
    Object.fromEntries(
      Object.entries(photos).flatMap(([name, { image, mask }]) => [
        [`images/${name}.png`, Promise.resolve(image)],
        [`masks/${name}.png`, Promise.resolve(mask)],
      ]),
    ),
  );
  const run = { scale: tinyScale, sets: [], others: [otherSet("Mine", set)], classifiers: [], args: [] };
  const out = join(folder.path, "runs");
  const { outcome } = await runExperiment("crack-pen", { ...run, folder: out, quiet: true });
  const [{ title, rows: [exact, forgiving] }] = outcome.tables;
  assert.equal(title, "The crack pen on Mine all, 2 of 2 photos");
  const figure = ({ figures }: typeof exact, name: string) =>
    figures.find(({ metric }) => metric === name)!.ours;
  assert.equal(figure(exact, "strokes"), 4);
  assert.ok(figure(exact, "ODS") > 0.7, `ODS ${figure(exact, "ODS")}`);
  // What a pixel of the crack is within two pixels of is right, then: all that was drawn but for blunt ends.
  assert.ok(figure(forgiving, "ODS") > 0.97, `ODS ${figure(forgiving, "ODS")}`);
  const markdown = await Deno.readTextFile(join(out, "crack-pen.md"));
  assert.match(markdown, /\| to the pixel \| 0\.\d{4} \| 0\.\d{4} \| 4 \|/);
});
