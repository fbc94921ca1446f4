/**
 * Opens what we write in labelme itself, and compares the mask that its exporter makes of it with ours:
 *
 * ```sh
 * QT_QPA_PLATFORM=offscreen deno run --allow-read --allow-write=tests/.tmp --allow-run=/usr/bin/python3 tests/peers/labelme_shapes.ts
 * ```
 *
 * Not among the tests: it needs Debian's labelme, which is 5.1.1 and knows polygons only: a file with shapes of the kind `mask` it refuses, as it
 * should here; one from 5.3 on has to give our mask back. The script fails where a shape or a pixel
 * is missing, or a crack of three pixels and more differs, and says so where labelme is missing. Beside pixels that touch by a corner only,
 * Debian's PIL 9.4 fills a pixel too many, whatever the order of the points: those are counted.
 *
 * @module
 */
import { join } from "node:path";
import { crackInstances } from "../../core/annotations/annotated_photo.ts";
import type { Shapes } from "../../core/annotations/annotation_format.ts";
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

/** What labelme's exporter makes of a mask that we write; else its errors. */
async function shown(
  mask: Bitmap,
  shapes: Shapes,
): Promise<{ version: string; count: number; labels: Uint8Array } | string> {
  await using folder = await temporaryFolder();
  const { width, height } = mask;
  await Deno.writeFile(join(folder.path, "a.png"), await crackPhoto(width, height, 1));
  const cracks = crackInstances(mask);
  const photo = { name: "a", file: "a.png", width, height, cracks };
  await writeInto(folder.path, [photo], { format: "labelme", shapes });
  const out = join(folder.path, "labels.bin");
  const { success, stdout, stderr } = await new Deno.Command(PYTHON, {
    args: [script, join(folder.path, "a.json"), out],
  }).output();
  if (!success) return new TextDecoder().decode(stderr);
  const [version, count] = new TextDecoder().decode(stdout).trim().split("\n").at(-1)!.split(" ");
  return { version, count: Number(count), labels: await Deno.readFile(out) };
}

for (const [name, mask] of Object.entries(MASKS)) {
  const found = await shown(mask, "polygon");
  if (typeof found === "string") {
    if (!/No module named 'labelme'/.test(found)) {
      throw new Error(`Cannot compare: labelme failed.\n${found}`);
    }
    console.log("Skipped: labelme is not installed.");
    break;
  }
  const { version, count, labels } = found;
  const cracks = crackInstances(mask).length;
  const wanted = withoutHoles(mask).data;
  const differ = wanted.reduce((sum, value, i) => sum + (value === labels[i] ? 0 : 1), 0);
  console.log(
    `${name}: labelme ${version} shows ${count} of ${cracks} polygons; its mask differs in ${differ} pixels`,
  );
  const missing = wanted.some((value, i) => value === 1 && labels[i] !== 1);
  if (
    missing || (name.startsWith("a crack") && differ > 0) || count !== cracks ||
    labels.length !== wanted.length
  ) {
    Deno.exitCode = 1;
  }

  const masked = await shown(mask, "mask");
  if (typeof masked === "string") {
    const refused = /Unexpected shape_type: mask/.test(masked);
    console.log(`${name}: labelme ${version} ${refused ? "knows no masks" : `failed:\n${masked}`}`);
    if (!refused) Deno.exitCode = 1;
  } else {
    const differ = mask.data.reduce((sum, value, i) => sum + (value === masked.labels[i] ? 0 : 1), 0);
    console.log(
      `${name}: labelme ${version} shows ${masked.count} of ${cracks} masks; its mask differs in ${differ} pixels`,
    );
    if (differ > 0 || masked.count !== cracks) Deno.exitCode = 1;
  }
}
