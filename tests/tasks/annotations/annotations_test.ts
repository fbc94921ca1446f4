import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import {
  ANNOTATION_FORMATS,
  type AnnotationFormatName,
  annotationFormats,
} from "../../../core/annotations/formats.ts";
import { openAnnotations } from "../../../core/annotations/open_annotations.ts";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { exportAnnotations } from "../../../tasks/annotations/export_annotations.ts";
import { photoFinder } from "../../../tasks/annotations/find_photos.ts";
import { crackLabels, importAnnotations } from "../../../tasks/annotations/import_annotations.ts";
import { listMasks, readRunMask } from "../../../tasks/annotations/run_masks.ts";
import { listLabels } from "../../../tasks/training/list_labels.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { drawnMask } from "../../core/annotations/annotation_fixtures.ts";
import { crackPhoto } from "../crack_photo.ts";
import { labelManifest } from "../run_fixture.ts";
import { runScript } from "../run_script.ts";

const FILES_ONLY = ["--allow-read", "--allow-write"];

/** Photos of hard names, each with a mask without holes: also two of one stem, in one folder and in two. */
const MASKS = {
  "a": drawnMask("##..", "..#.", "...."),
  "day 1/a": drawnMask("...", "..."),
  "day 1/ü 🙂": drawnMask("#.", ".#", "##"),
  "b.jpg": drawnMask("###"),
  "b.png": drawnMask("#.#"),
};

function fileOf(name: string): string {
  return /\.\w+$/.test(name) ? name : `${name}.png`;
}

async function write(path: string, content: Uint8Array | string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await (typeof content === "string" ? Deno.writeTextFile(path, content) : Deno.writeFile(path, content));
}

/** Writes a run of `label`, with its photos in photos/, confidences being 200 where there is crack and 100 elsewhere. */
async function writeRun(folder: string): Promise<void> {
  const photos = [];
  for (const [name, { width, height, data }] of Object.entries(MASKS)) {
    const path = join(folder, "photos", fileOf(name));
    await write(path, await crackPhoto(width, height, photos.length));
    const grey = (data: Uint8Array) => encodePng({ width, height, channels: 1, data });
    await write(join(folder, "labels/masks", `${name}.png`), await grey(data.map((value) => 255 * value)));
    const confidence = data.map((value) => value === 1 ? 200 : 100);
    await write(join(folder, "labels/confidence", `${name}.png`), await grey(confidence));
    photos.push({
      ...{ name, path, sha256: "", width, height, crackPixels: 1, crackShare: 0.1, seconds: 1 },
      ...{ usableForTraining: true, stages: [], labelledAt: "2026-01-01T00:00:00.000Z" },
    });
  }
  await write(join(folder, "labels/manifest.json"), JSON.stringify(labelManifest(photos)));
}

async function readMaskFile(path: string): Promise<{ width: number; height: number; data: Uint8Array }> {
  const { width, height, data } = await decodeImage(await Deno.readFile(path));
  return { width, height, data: Uint8Array.from({ length: width * height }, (_, i) => data[4 * i] / 255) };
}

const SILENT = { onPhoto: () => {}, onFailure: () => {} };

for (const format of ANNOTATION_FORMATS) {
  for (const withPhotos of [true, false]) {
    const where = withPhotos ? "with copies of its photos" : "beside its photos";
    Deno.test(`a run goes to ${format} and comes back, ${where}`, async () => {
      await using folder = await temporaryFolder();
      await writeRun(folder.path);
      const [annotations, out] = [join(folder.path, "annotations"), join(folder.path, "back")];
      await Deno.mkdir(annotations);
      const { failures } = await exportAnnotations(
        await listMasks(join(folder.path, "labels"), { photos: [] }),
        {
          ...{ out: annotations, format, withPhotos, instances: "crack", shapes: undefined, label: "crack" },
          ...{ sure: undefined, ...SILENT },
        },
      );
      assert.deepEqual(failures, []);
      const path = format === "label-studio" ? join(annotations, "tasks.json") : annotations;
      const photos = withPhotos ? [] : [join(folder.path, "photos")];
      const { photoFolder } = annotationFormats[format];
      const problems: string[] = [];
      const records = await importAnnotations(await openAnnotations(path, { format }), {
        out,
        crack: new Set(["crack"]),
        find: await photoFinder({ annotations: path, photoFolder, photos, out }),
        ...{ ...SILENT, onFailure: ({ error }) => problems.push(error) },
      });
      assert.deepEqual(problems, []);
      // Two photos of one stem are told apart by their extensions; copies have the names of the annotations.
      const names = records.map(({ name }) => name).sort();
      assert.deepEqual(names, Object.keys(MASKS).sort());
      for (const [name, mask] of Object.entries(MASKS)) {
        assert.deepEqual(await readMaskFile(join(out, "masks", `${name}.png`)), mask, name);
      }
    });
  }
}

Deno.test("annotations:export and annotations:import as commands: scores, a threshold, labels to train on", async () => {
  await using folder = await temporaryFolder();
  await writeRun(folder.path);
  const [labels, coco, back] = ["labels", "coco", "back"].map((name) => join(folder.path, name));
  const exporting = [labels, "--format", "coco", "--out", coco, "--class", "Riss", "--json"];
  const first = await runScript("tasks/annotations/export.ts", exporting, { permissions: FILES_ONLY });
  assert.equal(first.code, 0, first.err);
  const { photos, cracks, failures } = JSON.parse(first.out);
  assert.deepEqual({ photos, cracks, failures }, { photos: 5, cracks: 5, failures: [] });
  const written = JSON.parse(await Deno.readTextFile(join(coco, "annotations.json")));
  assert.equal(written.annotations[0].score, 0.7843);
  assert.equal(written.categories[0].name, "Riss");

  const again = await runScript("tasks/annotations/export.ts", exporting, { permissions: FILES_ONLY });
  assert.equal(again.code, 2);
  assert.match(again.err, /Cannot write into .+coco: it is not empty; choose another folder\./);

  const importing = [
    join(coco, "annotations.json"),
    "--format",
    "coco",
    "--photos",
    join(folder.path, "photos"),
  ];
  const second = await runScript("tasks/annotations/import.ts", [...importing, "--out", back], {
    permissions: FILES_ONLY,
  });
  assert.equal(second.code, 0, second.err);
  assert.match(second.out, /labels of 5 photos, 4 of them with crack\./);
  const { samples } = await listLabels({ labels: [back], extraLabels: [], photos: [], soft: true });
  assert.equal(samples.length, 5);
  const { image, truth } = await samples[0].sample.read();
  assert.ok(typeof truth !== "boolean" && truth.width === image.width && truth.confidence?.includes(255));
});

Deno.test("what cannot be exported is said, and the rest goes on; --sure cuts the confidence", async () => {
  await using folder = await temporaryFolder();
  await writeRun(folder.path);
  const [labels, out] = [join(folder.path, "labels"), join(folder.path, "out")];
  await Deno.mkdir(out);
  const grey = (values: readonly number[]) =>
    encodePng({ width: values.length, height: 1, channels: 1, data: Uint8Array.from(values) });
  await Deno.writeFile(join(labels, "masks/b.jpg.png"), await grey([0, 7, 255]));
  await Deno.writeFile(join(labels, "masks/b.png.png"), await grey([0, 255]));
  await Deno.writeTextFile(join(labels, "masks/a.png"), "no image");
  await Deno.remove(join(folder.path, "photos/day 1/a.png"));
  const listed = await listMasks(labels, { photos: [] });
  const options = { out, instances: "photo", shapes: undefined, label: "crack", ...SILENT } as const;
  const { photos, failures } = await exportAnnotations(listed, {
    ...{ ...options, format: "labelme", withPhotos: false, sure: undefined },
  });
  assert.equal(photos, 1);
  for (const failure of failures) assert.match(failure, /^(?!This is a fault)[^\n]+\.$/);
  const all = failures.join("\n");
  assert.match(all, /there is no photo .+day 1\/a\.png; say with --photos where it lies\./);
  assert.match(all, /pixel \(1, 0\) is 7 where 0 or 255 is wanted/);
  assert.match(all, /b\.png\.png: it is 2 × 1, but its photo was 3 × 1\./);

  const counts = [];
  for (const sure of [0.3, 0.5, 0.8]) {
    const { cracks } = await exportAnnotations(listed, {
      ...{ ...options, out: join(out, String(sure)), format: "coco", withPhotos: false, sure },
    });
    counts.push(cracks);
  }
  // 100 of 255 is background, 200 crack; one photo has none.
  assert.deepEqual(counts, [5, 4, 0]);
});

Deno.test("a photo whose cracks cannot be read gets no label, and a mask is no photo", async () => {
  await using folder = await temporaryFolder();
  const [width, height] = [4, 3];
  const photos = join(folder.path, "photos");
  for (const [i, name] of ["a", "b", "c", "d"].entries()) {
    await write(join(photos, `${name}.png`), await crackPhoto(width, height, i));
  }
  const imported = async (
    format: AnnotationFormatName,
    given: string,
    files: Readonly<Record<string, unknown>>,
    { photos: named = [photos] }: { readonly photos?: string[] } = {},
  ) => {
    for (const [name, content] of Object.entries(files)) {
      const isText = typeof content === "string" || content instanceof Uint8Array;
      await write(join(folder.path, name), isText ? content : JSON.stringify(content));
    }
    const path = join(folder.path, given), out = join(folder.path, "out"), said: string[] = [];
    const annotations = await openAnnotations(path, { format });
    const { masks } = annotations;
    const records = await importAnnotations(annotations, {
      out,
      crack: new Set(["crack"]),
      find: await photoFinder({ annotations: path, photoFolder: "images", photos: named, out, masks }),
      ...{ ...SILENT, onFailure: ({ error }) => said.push(error.replaceAll(folder.path, "")) },
    });
    return { labelled: records.map(({ name, crackPixels }) => [name, crackPixels]), said };
  };
  const unmarked = (file: string) =>
    `Cannot use the annotations of ${file}: they mark no pixel as crack, though there is one.`;

  const triangle = [[0, 0, 3, 0, 0, 3]];
  const coco = await imported("coco", "coco.json", {
    "coco.json": {
      images: [[1, "a.png"], [2, "b.png"], [3, "c.png"], [3, "d.png"]].map(([id, file_name]) => {
        return { id, file_name };
      }),
      categories: [{ id: 1, name: "crack" }],
      annotations: [
        { id: 1, image_id: 1, category_id: 1, segmentation: [], bbox: [0, 0, 2, 2] },
        { id: 2, image_id: 2, category_id: 7, segmentation: triangle },
        { id: 3, image_id: 3, category_id: 1, segmentation: triangle },
      ],
    },
  });
  assert.deepEqual(coco, {
    labelled: [],
    said: [
      "Cannot use the annotation 1 of a.png: it has a box, and no polygons or run lengths.",
      unmarked("a.png"),
      "Cannot use the annotation 2 of b.png: there is no category of its category_id 7.",
      unmarked("b.png"),
      "Cannot use the annotations of c.png: another image has its id 3, too.",
      "Cannot use the annotations of d.png: another image has its id 3, too.",
    ],
  });

  // A box of another class, and an empty text, say nothing of cracks.
  const yolo = await imported("yolo", "yolo", {
    "yolo/data.yaml": "names: [crack, spall]\n",
    ...{ "yolo/labels/a.txt": "0 0.5 0.5 0.2 0.2\n", "yolo/labels/b.txt": "1 0.5 0.5 0.2 0.2\n" },
    ...{ "yolo/labels/c.txt": "0 0 0 1 0 1 1 0 1\n", "yolo/labels/d.txt": "" },
  });
  assert.deepEqual(yolo.labelled, [["b", 0], ["c", 12], ["d", 0]]);

  const studio = await imported("label-studio", "tasks.json", {
    "tasks.json": [
      { data: { image: "a.png" }, annotations: [], predictions: [] },
      { data: { image: "b.png" }, annotations: [{ was_cancelled: true, result: [] }] },
      { data: { image: "c.png" }, annotations: [{ result: [] }] },
    ],
  });
  assert.deepEqual(studio, {
    labelled: [["c", 0]],
    said: ["Cannot use 2 of the 3 tasks of /tasks.json: nobody has annotated them, or they were skipped."],
  });

  const shapes = [{ label: "crack", shape_type: "mask", points: [[0, 0], [1, 1]], mask: "@" }];
  const labelme = await imported("labelme", "a.json", { "a.json": { shapes, imagePath: "a.png" } });
  assert.deepEqual(labelme, {
    labelled: [],
    said: ["Shape 1 of a: Cannot use a mask: its picture is not in base64."],
  });

  const mask = await encodePng({ width, height, channels: 1, data: new Uint8Array(12).fill(255, 0, 5) });
  // Classes 0 and 2, as programs number them.
  const classes = await encodePng({ width, height, channels: 1, data: new Uint8Array(12).fill(2, 0, 5) });
  const masks = { "drawn/A_mask.png": mask, "drawn/c.png": classes };
  assert.deepEqual((await imported("masks", "drawn", masks)).labelled, [["a", 5], ["c", 5]]);
  for (const listed of await listMasks(join(folder.path, "drawn"), { photos: [] })) {
    const { data } = await readRunMask(listed, { sure: undefined, score: false });
    assert.equal(data.reduce((sum, value) => sum + value, 0), 5, listed.name);
  }
  assert.deepEqual(await imported("masks", "drawn", {}, { photos: [] }), {
    labelled: [],
    said: ["A_mask", "c"].map((name) =>
      `Cannot use the annotations of ${name}: there is no such photo in /drawn; say with --photos where it lies.`
    ),
  });
});

Deno.test("what cannot be imported is said, and the rest goes on", async () => {
  await using folder = await temporaryFolder();
  await writeRun(folder.path);
  const path = join(folder.path, "coco.json"), out = join(folder.path, "back");
  const size = { width: 4, height: 3 };
  const square = [0, 0, 2, 0, 2, 2, 0, 2];
  await write(
    path,
    JSON.stringify({
      images: [
        { id: 1, file_name: "photos/a.png", ...size },
        { id: 2, file_name: "b.jpg", width: 1, height: 3 },
        { id: 3, file_name: "gone.jpg", ...size },
        { id: 4, file_name: "b.png" },
        { id: 5, file_name: "../photos/day 1/ü 🙂.png" },
        { id: 6, file_name: "a.png", ...size },
      ],
      categories: [{ id: 1, name: "crack" }, { id: 2, name: "stain" }],
      annotations: [
        { id: 1, image_id: 1, category_id: 1, segmentation: [square, [0, 0, 4, 4]] },
        { id: 2, image_id: 1, category_id: 1, segmentation: [[1, 1, 9, 1, 9, 2, 1, 2]] },
        { id: 3, image_id: 1, category_id: 1, segmentation: [[8, 8, 9, 8, 9, 9]] },
        { id: 4, image_id: 1, category_id: 2, segmentation: [[0, 0, 4, 0, 4, 3, 0, 3]] },
        { id: 5, image_id: 4, category_id: 1, segmentation: { size: [3, 4], counts: [0, 12] } },
        { id: 6, image_id: 9, category_id: 1, segmentation: [square] },
      ],
    }),
  );
  const annotations = await openAnnotations(path, { format: "coco" });
  assert.throws(() => crackLabels(annotations.labels, []), /have "crack", "stain"; name it with --class\.$/);
  assert.throws(() => crackLabels(annotations.labels, ["Crack"]), /^UsageError: Cannot take "Crack" .+\.$/);
  const problems: string[] = [];
  const records = await importAnnotations(annotations, {
    out,
    crack: crackLabels(annotations.labels, ["crack"]),
    find: await photoFinder({
      annotations: path,
      photoFolder: "images",
      photos: [join(folder.path, "photos")],
      out,
    }),
    ...{ ...SILENT, onFailure: ({ error }) => problems.push(error) },
  });
  assert.deepEqual(records.map(({ name, crackPixels }) => [name, crackPixels]), [["a", 6], [
    "day 1/ü 🙂",
    0,
  ]]);
  assert.deepEqual(await readMaskFile(join(out, "masks/a.png")), drawnMask("##..", "####", "...."));
  for (const problem of problems) assert.match(problem, /^(?!This is a fault)[^\n]+\.$/);
  const all = problems.join("\n");
  assert.match(all, /no image of their image_id 9\./);
  assert.match(all, /it has 4 numbers where x and y of three points at least are wanted\./);
  assert.match(all, /Shape 3 of photos\/a\.png marks no pixel of its photo\./);
  assert.match(all, /they are of a photo of 1 × 3, but .+b\.jpg is, upright, 3 × 1|is, upright, 3 × 1/);
  assert.match(
    all,
    /annotations of gone\.jpg: there is no such photo in .+; say with --photos where it lies\./,
  );
  assert.match(all, /Shape 1 of b\.png: Cannot use a mask: it is 4 × 3, but its photo is 3 × 1\./);
  assert.match(all, /annotations of a\.png: there are others of .+a\.png\./);
});

Deno.test("photos are found in images/default/, where Datumaro and CVAT put them, also those whose name ends another's", async () => {
  await using folder = await temporaryFolder();
  const images = join(folder.path, "images");
  for (const name of ["a.png", "day 1/a.png", "day 1/b.png"]) {
    await write(join(images, "default", name), await crackPhoto(4, 3, 1));
  }
  const annotations = join(folder.path, "annotations.json");
  const find = await photoFinder({ annotations, photoFolder: "images", photos: [], out: folder.path });
  for (const name of ["a", "day 1/a", "day 1/b"]) {
    const found = await find({ file: `${name}.png`, areas: [], unusable: [] });
    assert.equal(typeof found === "string" ? found : found.name, `default/${name}`);
  }
});
