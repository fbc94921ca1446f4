/** Files that the programs themselves wrote, and the masks that these were of. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { openAnnotations } from "../../../core/annotations/open_annotations.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { drawnMask, photosOf, readFrom, writeInto } from "./annotation_fixtures.ts";

Deno.test("masks that CVAT 2.15 writes are read, quotes in names among them", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "annotations.xml");
  // Written by dump_as_cvat_annotation() of cvat-ai/cvat, fb0eb4375.
  await Deno.writeTextFile(
    path,
    `<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta>
    <task>
      <id>1</id>
      <labels>
        <label>
          <name>crack</name>
        </label>
      </labels>
    </task>
  </meta>
  <image id="0" name='day 1/a &lt;&amp;&gt; "b".jpg' width="7" height="5">
    <mask label="crack" source="manual" occluded="0" rle="0, 3, 2, 1, 1, 1, 2, 3, 1, 1, 3, 1, 1" left="1" top="1" width="5" height="4" z_order="0">
    </mask>
    <mask label="crack" source="manual" occluded="0" rle="0, 1" left="6" top="1" width="1" height="1" z_order="0">
    </mask>
  </image>
</annotations>`,
  );
  const masks = { 'day 1/a <&> "b"': drawnMask(".......", ".###..#", ".#.#...", ".###.#.", "....#..") };
  assert.deepEqual(await readFrom(path, "cvat", masks), masks);
});

Deno.test("contours that Ultralytics 8.3 writes are read to the pixel, though it rounds half of them down", async () => {
  await using folder = await temporaryFolder();
  // Written by convert_segment_masks_to_yolo_seg() of the mask below.
  await Deno.writeTextFile(
    join(folder.path, "a.txt"),
    "0 0.071429 0.727273 0.071429 0.818182 0.214286 0.818182 0.214286 0.727273\n" +
      "0 0.142857 0.0 0.142857 0.181818 0.5 0.636364 0.571429 0.636364 0.857143 0.272727 0.857143 0.090909 0.571429 0.454545 0.5 0.454545\n",
  );
  const masks = {
    a: drawnMask(
      "..#...........",
      "..##........#.",
      "..###......##.",
      "...###....###.",
      "....###..###..",
      ".....######...",
      "......####....",
      ".......##.....",
      ".###..........",
      ".###..........",
      "..............",
    ),
  };
  assert.deepEqual(await readFrom(folder.path, "yolo", masks), masks);
});

Deno.test("names that lists of VOC have without a mask are said: Datumaro and CVAT write none where nothing was drawn", async () => {
  await using folder = await temporaryFolder();
  await writeInto(folder.path, photosOf({ "a b": drawnMask("#.") }), { format: "voc" });
  const list = join(folder.path, "ImageSets/Segmentation/default.txt");
  assert.deepEqual((await openAnnotations(folder.path, { format: "voc" })).problems, []);
  await Deno.writeTextFile(list, "a b\nflat empty\nday 1/c\n");
  const { problems, count } = await openAnnotations(folder.path, { format: "voc" });
  assert.equal(count, 1);
  assert.match(
    problems.join("\n"),
    /^Cannot use 2 of the names in .+Segmentation, such as flat empty: there is no mask [^\n]+\.$/,
  );
});

Deno.test("photos of YOLO's without a text are said: nothing tells whether they show no crack or nobody has looked", async () => {
  await using folder = await temporaryFolder();
  const photos = photosOf({ "train/a": drawnMask("#."), "train/b": drawnMask("..") });
  await writeInto(folder.path, photos, { format: "yolo" });
  await Deno.mkdir(join(folder.path, "images/train"), { recursive: true });
  for (const name of ["a.jpg", "b.png"]) {
    await Deno.writeTextFile(join(folder.path, "images/train", name), "");
  }
  assert.deepEqual((await openAnnotations(folder.path, { format: "yolo" })).problems, []);
  await Deno.writeTextFile(join(folder.path, "images/train/c.jpg"), "");
  const { problems, count } = await openAnnotations(folder.path, { format: "yolo" });
  assert.equal(count, 2);
  assert.match(
    problems.join("\n"),
    /^Cannot use 1 of the photos in .+images, such as .+c\.jpg: there is no text of them in labels; [^\n]+\.$/,
  );
});
