/**
 * Opens what we write in labelme itself, and compares the mask that its exporter makes of it with ours:
 *
 * ```sh
 * QT_QPA_PLATFORM=offscreen deno run --allow-read --allow-write=tests/.tmp --allow-run=/usr/bin/python3 tests/peers/labelme_shapes.ts
 * ```
 *
 * Not among the tests: it needs Debian's labelme, which is 5.1.1 and knows polygons only. It fails where a shape or a pixel
 * is missing, or a crack of three pixels and more differs, and says so where labelme is missing. Beside pixels that touch by a corner only,
 * Debian's PIL 9.4 fills a pixel too many, whatever the order of the points: those are counted.
 *
 * @module
 */
import { join } from "node:path";
import { crackInstances } from "../../core/annotations/annotated_photo.ts";
import type { Bitmap } from "../../core/annotations/bitmap.ts";
import { PYTHON } from "../bench/peer.ts";
import { drawnMask, randomMask, withoutHoles, writeInto } from "../core/annotations/annotation_fixtures.ts";
import { crackPhoto } from "../tasks/crack_photo.ts";
import { temporaryFolder } from "../temporary_folder.ts";

/** A winding crack with a side branch, as wide as that. */
function crackMask(thickness: number): Bitmap {
  const [width, height] = [120, 90];
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const x = i % width, y = Math.floor(i / width);
    const main = Math.abs(x - 60 - 20 * Math.sin(y / 15));
    const branch = Math.abs(y - 45 - 0.3 * (x - 60));
    return Math.min(main, x > 60 ? branch : main) < thickness / 2 ? 1 : 0;
  });
  return { width, height, data };
}

const MASKS = {
  "a crack of 3 pixels": crackMask(3),
  "a crack of 8 pixels": crackMask(8),
  "pixels, lines and corners": drawnMask(
    "#....###",
    "..##....",
    "........",
    "#......#",
    ".#....#.",
    "..####..",
  ),
  "a ring": drawnMask(".......", ".#####.", ".#...#.", ".#...#.", ".#####.", "......."),
  "sparse": randomMask(120, 90, 0.1, 1),
  "noise": randomMask(101, 67, 0.5, 2),
  "dense": randomMask(64, 48, 0.8, 3),
};

const script = new URL("labelme_shapes.py", import.meta.url).pathname;
for (const [name, mask] of Object.entries(MASKS)) {
  await using folder = await temporaryFolder();
  const { width, height } = mask;
  await Deno.writeFile(join(folder.path, "a.png"), await crackPhoto(width, height, 1));
  const cracks = crackInstances(mask);
  await writeInto(folder.path, [{ name: "a", file: "a.png", width, height, cracks }], {
    format: "labelme",
    shapes: "polygon",
  });
  const out = join(folder.path, "labels.bin");
  const { success, stdout, stderr } = await new Deno.Command(PYTHON, {
    args: [script, join(folder.path, "a.json"), out],
  }).output();
  const errors = new TextDecoder().decode(stderr);
  if (/No module named 'labelme'/.test(errors)) {
    console.log("Skipped: labelme is not installed.");
    break;
  }
  if (!success) throw new Error(`Cannot compare: labelme failed.\n${errors}`);
  const [version, shapes, ...size] = new TextDecoder().decode(stdout).trim().split("\n").at(-1)!.split(" ");
  const labels = await Deno.readFile(out);
  const wanted = withoutHoles(mask).data;
  const differ = wanted.reduce((sum, value, i) => sum + (value === labels[i] ? 0 : 1), 0);
  console.log(
    `${name}: labelme ${version} shows ${shapes} of ${cracks.length} shapes; its mask of ${
      size.join(" × ")
    } differs in ${differ} pixels`,
  );
  const missing = wanted.some((value, i) => value === 1 && labels[i] !== 1);
  if (
    missing || (name.startsWith("a crack") && differ > 0) || Number(shapes) !== cracks.length ||
    labels.length !== wanted.length
  ) {
    Deno.exitCode = 1;
  }
}
