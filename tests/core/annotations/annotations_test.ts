import assert from "node:assert/strict";
import { join } from "node:path";
import { crackInstances } from "../../../core/annotations/annotated_photo.ts";
import { ANNOTATION_FORMATS, annotationFormats } from "../../../core/annotations/formats.ts";
import { openAnnotations } from "../../../core/annotations/open_annotations.ts";
import { writeAnnotations } from "../../../core/annotations/write_annotations.ts";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { drawnMask, photosOf, randomMask, readFrom, withoutHoles, writeInto } from "./annotation_fixtures.ts";

/** Single pixels, lines, corners that touch, rings within rings, noise, nothing, all; names that are hard on files. */
const MASKS = {
  "pixel": drawnMask("#"),
  "line": drawnMask("....", ".##.", "...."),
  "diagonal": drawnMask("#..", ".#.", "..#"),
  "nothing": drawnMask("..", "..", ".."),
  "all": drawnMask("###", "###"),
  "ring in ring": drawnMask("#######", "#.....#", "#.###.#", "#.#.#.#", "#.###.#", "#.....#", "#######"),
  "day 1/ä & <b> 'c' 🙂": drawnMask(".#.#.", "#.#.#", ".#.#."),
  "noise": randomMask(33, 17, 0.5, 1),
  "dense": randomMask(17, 33, 0.8, 2),
  "sparse": randomMask(64, 40, 0.1, 3),
};

for (const format of ANNOTATION_FORMATS) {
  const { shapes, bothShapes } = annotationFormats[format];
  for (const drawn of bothShapes ? ["mask", "polygon"] as const : [shapes]) {
    Deno.test(`${format}, ${drawn}: masks come back as they went, holes filled by polygons only`, async () => {
      await using folder = await temporaryFolder();
      const losses = new Map<string, number>();
      await writeInto(folder.path, photosOf(MASKS), {
        format,
        shapes: drawn,
        onLoss: ({ name }, pixels) => losses.set(name, pixels),
      });
      const path = format === "label-studio" ? join(folder.path, "tasks.json") : folder.path;
      const found = await readFrom(path, format, MASKS);
      assert.deepEqual(Object.keys(found).sort(), Object.keys(MASKS).sort());
      for (const [name, mask] of Object.entries(MASKS)) {
        const expected = drawn === "mask" ? mask : withoutHoles(mask);
        assert.deepEqual(found[name].data, expected.data, name);
        const filled = expected.data.reduce((sum, value, i) => sum + value - mask.data[i], 0);
        assert.equal(losses.get(name) ?? 0, filled, name);
      }
    });
  }
}

Deno.test("crackInstances() tells cracks apart, or not, and says how sure each is", () => {
  const mask = drawnMask("#..", ".#.", "...", "..#");
  const confidence = new Uint8Array(12);
  [confidence[0], confidence[4], confidence[11]] = [255, 153, 51];
  assert.deepEqual(crackInstances(mask, { confidence }), [
    { x: 0, y: 0, width: 2, height: 2, data: Uint8Array.of(1, 0, 0, 1), area: 2, score: 0.8 },
    { x: 2, y: 3, width: 1, height: 1, data: Uint8Array.of(1), area: 1, score: 0.2 },
  ]);
  const [whole, ...others] = crackInstances(mask, { instances: "photo" });
  assert.deepEqual([whole.data, whole.area, others.length], [mask.data, 3, 0]);
  assert.throws(() => crackInstances({ ...mask, width: 4 }), /data has 12 values where 4 × 4 are wanted\.$/);
});

Deno.test("CVAT and VOC write what their documents say", async () => {
  const [photo] = photosOf({ a: drawnMask("....", "..#.", ".##.") });
  const [file] = await Array.fromAsync(writeAnnotations([photo], { format: "cvat", label: `"crack"` }));
  const xml = (await Array.fromAsync(file.content as AsyncIterable<string>)).join("");
  assert.match(xml, /<image id="0" name="a\.jpg" width="4" height="3">/);
  assert.match(
    xml,
    /<mask label="&#34;crack&#34;" source="auto" occluded="0" rle="1, 3" left="1" top="1" width="2" height="2" z_order="0">/,
  );
  const voc = await Array.fromAsync(writeAnnotations([photo], { format: "voc" }));
  assert.deepEqual(voc.map(({ path }) => path), [
    "SegmentationClass/a.png",
    "SegmentationObject/a.png",
    "ImageSets/Segmentation/default.txt",
    "labelmap.txt",
  ]);
  assert.equal(voc[3].content, "# label:color_rgb:parts:actions\nbackground:0,0,0::\ncrack:128,0,0::\n");
  assert.equal((voc[0].content as Uint8Array)[25], 3, "a palette PNG");
});

Deno.test("lists and descriptions of datasets are such as their readers take", async () => {
  const photos = photosOf({ "day 1/a": drawnMask("#"), 'ü "b"': drawnMask("."), " c": drawnMask("#") });
  const problems: string[] = [];
  const written = async (format: "voc" | "yolo") =>
    new Map(
      (await Array.fromAsync(writeAnnotations(photos, { format, onProblem: (what) => problems.push(what) })))
        .map(({ path, content }) => [path, content]),
    );
  // Datumaro's VocSegmentationExtractor and mmsegmentation's PascalVOCDataset take a line, stripped, for a name: quotes would be of the name.
  assert.equal((await written("voc")).get("ImageSets/Segmentation/default.txt"), 'day 1/a\nü "b"\n');
  assert.match(problems.join(), /^Cannot write {2}c: [^\n]+ a space at its beginning or end, in its name\.$/);
  // Ultralytics' check_det_dataset takes the folder of this file where there is no path, and a folder of its own for a relative one.
  assert.equal(
    (await written("yolo")).get("data.yaml"),
    'train: images\nval: images\nnames:\n  0: "crack"\n',
  );
});

Deno.test("VOC says how many cracks share their number, and loses no pixel of them", async () => {
  // 16 × 17 single pixels.
  const mask = {
    width: 33,
    height: 34,
    data: Uint8Array.from({ length: 33 * 34 }, (_, i) => (i % 33) % 2 & Math.floor(i / 33) % 2),
  };
  const cracks = mask.data.reduce((sum, value) => sum + value, 0);
  assert.equal(cracks, 272);
  await using folder = await temporaryFolder();
  const shared: [string, number][] = [];
  await writeInto(folder.path, photosOf({ many: mask, few: drawnMask("#.#") }), {
    format: "voc",
    onShared: ({ name }, count) => shared.push([name, count]),
  });
  assert.deepEqual(shared, [["many", 272 - 254]]);
  const { many } = await readFrom(folder.path, "voc", { many: mask, few: { width: 3, height: 1 } });
  assert.deepEqual(many.data, mask.data);
  const { data } = await decodeImage(await Deno.readFile(join(folder.path, "SegmentationObject/many.png")));
  // Number 254 of Pascal VOC's palette, and never 255, which says "ignore".
  const colours = new Set(mask.data.keys().map((i) => data.subarray(4 * i, 4 * i + 3).join()));
  assert.ok(
    colours.has("160,224,192") && !colours.has("224,224,192") && colours.size === 255,
    `${colours.size}`,
  );
});

Deno.test("a folder of annotations is that of the only file in it and below", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const masks = { a: drawnMask("#.#") };
  await writeInto(join(path, "x"), photosOf(masks), { format: "coco" });
  await Deno.mkdir(join(path, "cvat/annotations"), { recursive: true });
  await Deno.rename(join(path, "x/annotations.json"), join(path, "cvat/annotations/instances_default.json"));
  assert.deepEqual(await readFrom(join(path, "cvat"), "coco", masks), masks);
  await Deno.writeTextFile(join(path, "cvat/captions.json"), "{}");
  await assert.rejects(
    openAnnotations(join(path, "cvat"), { format: "coco" }),
    /^SyntaxError: Cannot read .+: there is no annotations\.json in it, but 2 other \.json files, such as .+; give one of them\.$/,
  );
  await assert.rejects(
    openAnnotations(join(path, "x"), { format: "label-studio" }),
    /there is no tasks\.json in it\.$/,
  );
});

Deno.test("photos are taken one by one while the annotations are written", async () => {
  let taken = 0;
  const photos = (function* () {
    for (const photo of photosOf(MASKS)) {
      taken++;
      yield photo;
    }
  })();
  const [file] = [(await writeAnnotations(photos, { format: "coco" }).next()).value!];
  let pieces = 0;
  for await (const _ of file.content as AsyncIterable<string>) if (++pieces === 3) break;
  assert.ok(taken <= 3, `${taken} photos for ${pieces} pieces`);
});

Deno.test("shapes that a format does not know are refused", () => {
  assert.throws(() => writeAnnotations([], { format: "yolo", shapes: "mask" }), /^RangeError: Cannot .+\.$/);
});

Deno.test("what other programs write is read: run lengths in numbers, percent, boxes, dashes, old labelme", async () => {
  await using folder = await temporaryFolder();
  const write = async (name: string, content: unknown) => {
    const path = join(folder.path, name);
    await Deno.writeTextFile(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  const size = { width: 4, height: 2 };
  const all = async (path: string, format: Parameters<typeof openAnnotations>[1]["format"], name: string) =>
    [...(await readFrom(path, format, { [name]: size }))[name].data].join("");

  const coco = await write("coco.json", {
    images: [{ id: 7, file_name: "a.jpg", ...size }],
    categories: [{ id: 3, name: "stain" }, { id: 4, name: "crack" }],
    annotations: [
      { id: 1, image_id: 7, category_id: 4, iscrowd: 1, segmentation: { size: [2, 4], counts: [1, 2, 5] } },
      { id: 2, image_id: 7, category_id: 4, segmentation: [[2, 0, 9, 0, 9, 1, 2, 1], [0, 0, 1, 1]] },
      { id: 3, image_id: 8, category_id: 3, segmentation: [] },
    ],
  });
  assert.equal(await all(coco, "coco", "a"), "01111000");
  const { labels, problems, photos } = await openAnnotations(coco, { format: "coco" });
  assert.deepEqual(labels, ["crack", "stain"]);
  assert.match(problems.join(), /^Cannot use 1 annotations of .+: there is no image of their image_id 8\.$/);
  const [marked] = await Array.fromAsync(photos());
  assert.match(
    marked.unusable.map(({ reason }) => reason).join(),
    /it has 4 numbers where x and y of three points at least are wanted\.$/,
  );

  const studio = await write("studio.json", [{
    data: { image: "/data/upload/1/0a1b2c3d-a%20b.jpg" },
    annotations: [{
      result: [
        {
          type: "polygonlabels",
          value: { points: [[0, 0], [50, 0], [50, 100], [0, 100]], polygonlabels: ["crack"] },
        },
        { type: "rectanglelabels", value: { x: 1 } },
      ],
    }],
    predictions: [{ result: [{ type: "brushlabels", value: { format: "rle", rle: [1] } }] }],
  }]);
  assert.equal(await all(studio, "label-studio", "a b"), "11001100");

  const labelme = await write("a.json", {
    version: "4.0.0",
    imagePath: "..\\photos\\a.jpg",
    shapes: [
      { label: "crack", points: [[0, 0], [1, 0], [1, 1]] },
      { label: "crack", points: [[3, 0], [3, 1]], shape_type: "rectangle" },
      { label: "crack", points: [[3, 0], [3, 1]], shape_type: "line" },
    ],
  });
  assert.equal(await all(labelme, "labelme", "a"), "11010101");

  const yolo = join(folder.path, "yolo");
  await Deno.mkdir(yolo);
  await write("yolo/data.yaml", "train: x\nnames:\n- stain\n- 'crack'  # the one\nnc: 2\n");
  await write("yolo/a.txt", "1 0 0 0.25 0 0.25 1 0 1\n0 0.1 0.1 0.2 0.2\n");
  assert.equal(await all(yolo, "yolo", "a"), "11001100");
  assert.deepEqual((await openAnnotations(yolo, { format: "yolo" })).labels, ["crack", "stain"]);
});

Deno.test("annotations that are damaged or of another program are refused in a sentence", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "a.json");
  const refuses = async (
    format: Parameters<typeof openAnnotations>[1]["format"],
    text: string,
    wanted: RegExp,
  ) => {
    await Deno.writeTextFile(path, text);
    await assert.rejects(openAnnotations(path, { format }), wanted);
  };
  await refuses("coco", "{", /^SyntaxError: Cannot read .+a\.json: it is not JSON\.$/);
  await refuses("coco", `{"shapes":[]}`, /^SyntaxError: Cannot read .+a\.json as COCO: .+ wanted\.$/);
  await refuses("labelme", `{"images":[]}`, /^SyntaxError: Cannot read .+a\.json as labelme: .+ wanted\.$/);
  await refuses("label-studio", `{"images":[]}`, /^SyntaxError: Cannot read .+ as Label Studio's: .+JSON\.$/);
  await refuses("cvat", "<a>", /^SyntaxError: Cannot read .+: it is not XML at line 1, column \d+\.$/);
  await refuses("cvat", "<a/>", /^SyntaxError: Cannot read .+ as CVAT's: .+ wanted\.$/);
  await refuses("cvat", "<annotations><track/></annotations>", /it is of a video/);
  await assert.rejects(
    openAnnotations(folder.path, { format: "voc" }),
    /no folder SegmentationClass in it\.$/,
  );
});
