import assert from "node:assert/strict";
import { basename, dirname, join, relative } from "node:path";
import { encodePng } from "../../../core/images/encode_png.ts";
import { countKinds } from "../../../tasks/files/left_out.ts";
import { listPhotos, namePaths } from "../../../tasks/files/photos.ts";
import { UsageError } from "../../../tasks/cli/errors.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

/** Makes empty files in a new folder, and removes it after the test. */
async function withFiles(names: readonly string[], test: (folder: string) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  for (const name of names) {
    await Deno.mkdir(join(folder.path, dirname(name)), { recursive: true });
    await Deno.writeTextFile(join(folder.path, name), "");
  }
  await test(folder.path);
}

async function names(paths: readonly string[], outputs?: string): Promise<string[]> {
  return (await listPhotos(paths, { outputs })).photos.map(({ name }) => name);
}

Deno.test("listPhotos() finds photos in folders, in natural order, by extension in any case", async () => {
  await withFiles(
    ["IMG_10.JPG", "IMG_9.jpeg", "deep/er/x.TIF", "a.png", "b.tiff", "notes.txt"],
    async (root) => {
      assert.deepEqual(await names([root]), ["a", "b", "deep/er/x", "IMG_9", "IMG_10"]);
    },
  );
});

Deno.test("listPhotos() leaves out hidden files and folders, and outputs", async () => {
  await withFiles([
    ".a.jpg",
    ".hidden/b.jpg",
    "c.jpg",
    "old/masks/c.png",
    "old/d.jpg",
    "shards/masks/c.png",
    "out/masks/c.png",
  ], async (root) => {
    await Deno.writeTextFile(
      join(root, "old/manifest.json"),
      '{\n  "program": "hairline",\n  "version": "0.1.0"\n}',
    );
    await Deno.writeTextFile(join(root, "shards/manifest-1-of-2.json"), '{"program":"hairline"}');
    assert.deepEqual(await names([root], join(root, "out")), ["c", "old/d"]);
    // A manifest of anything else hides nothing.
    await Deno.writeTextFile(join(root, "old/manifest.json"), '{"program":"other"}');
    assert.deepEqual(await names([root], join(root, "out")), [
      "c",
      "old/d",
      "old/masks/c",
    ]);
  });
});

Deno.test("listPhotos() takes a photo once, however often it is named", async () => {
  await withFiles(["a.jpg", "sub/b.jpg"], async (root) => {
    // Links need permission for the whole disk, which deno eval has and the tests do not.
    const link = (from: string, to: string) =>
      `Deno.symlinkSync(${JSON.stringify(from)}, ${JSON.stringify(join(root, to))});`;
    const links = link(join(root, "a.jpg"), "z.jpg") + link(root, "sub/loop");
    assert.ok((await new Deno.Command(Deno.execPath(), { args: ["eval", links] }).output()).success);
    assert.deepEqual(await names([root, join(root, "sub"), join(root, "a.jpg"), `${root}/./a.jpg`]), [
      "a",
      "sub/b",
    ]);
  });
});

Deno.test("listPhotos() leaves out links that lead out of all that was named, unless it is to follow them", async () => {
  await withFiles(["in/a.jpg", "in/deep/b.jpg", "out/c.jpg", "out/d.txt"], async (root) => {
    const link = (to: string, at: string) =>
      `Deno.symlinkSync(${JSON.stringify(to)}, ${JSON.stringify(join(root, at))});`;
    const links = link("../out", "in/folder") + link("../out/c.jpg", "in/c.jpg") +
      link("../out/d.txt", "in/d.txt") + link("deep", "in/other") + link("in", "named");
    assert.ok((await new Deno.Command(Deno.execPath(), { args: ["eval", links] }).output()).success);
    const list = async (paths: string[], followLinks?: boolean) => {
      const { photos, leftOut } = await listPhotos(paths.map((path) => join(root, path)), { followLinks });
      return [photos.map(({ name }) => name), leftOut.map(({ path }) => path.slice(root.length))];
    };
    assert.deepEqual(await list(["in"], false), [["a", "deep/b"], ["/in/c.jpg", "/in/folder"]]);
    // Named itself, a link is followed, and so is one to what was named, too.
    assert.deepEqual(await list(["named"], false), [["a", "deep/b"], ["/named/c.jpg", "/named/folder"]]);
    assert.deepEqual(await list(["in", "out"], false), [["a", "c", "deep/b"], []]);
    assert.deepEqual(await list(["in"]), [["a", "c", "deep/b"], []]);
    const { leftOut: [first] } = await listPhotos([join(root, "in")], { followLinks: false });
    assert.equal(
      `${countKinds([first, first])[0].text}: ${first.remedy}`,
      "2 links out of the folder: name what it leads to, too, or give --follow-links",
    );
  });
});

Deno.test("listPhotos() keeps the extension where two stems are equal, in whatever order they are given", async () => {
  await withFiles(["a.jpg", "A.png", "b.jpg", "a.jpg.tif"], async (root) => {
    const all = ["a.jpg", "A.png", "b.jpg", "a.jpg.tif"].map((name) => join(root, name));
    const expected = ["a.jpg", "a.jpg.tif", "A.png", "b"];
    assert.deepEqual(await names([root]), expected);
    assert.deepEqual(await names(all), expected);
    assert.deepEqual(await names(all.reverse()), expected);
  });
});

Deno.test("listPhotos() puts the folder in front where two folders hold the same names", async () => {
  await withFiles(["x/day1/a.jpg", "x/day2/a.jpg", "y/day1/a.jpg", "x/day2/b.jpg"], async (root) => {
    const [day1, day2, other] = ["x/day1", "x/day2", "y/day1"].map((name) => join(root, name));
    assert.deepEqual(await names([day2, day1]), ["b", "day1/a", "day2/a"]);
    const { photos } = await listPhotos([day1, other, day2]);
    assert.equal(new Set(photos.map(({ name }) => name)).size, 4);
    assert.deepEqual(await listPhotos([other, day2, day1]), { photos, leftOut: [] });
    for (const { name } of photos) assert.doesNotMatch(name, /^\/|\.\.|:/);
  });
});

Deno.test("listPhotos() refuses a file that lies among the outputs", async () => {
  await withFiles(["out/masks/a.png"], async (root) => {
    await assert.rejects(
      listPhotos([join(root, "out/masks/a.png")], { outputs: join(root, "out") }),
      (error) => error instanceof UsageError && /lies among the outputs/.test(error.message),
    );
  });
});

Deno.test("listPhotos() lists which files it was given that are no photos", async () => {
  await withFiles(["a.jpg", "notes.txt"], async (root) => {
    const notes = join(root, "notes.txt");
    assert.deepEqual((await listPhotos([join(root, "a.jpg"), notes])).leftOut, [{
      path: notes,
      kind: "file without an image",
    }]);
  });
});

/** Writes files of these bytes, letter by letter, into a folder. */
async function writeFiles(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeFile(join(root, name), Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
  }
}

Deno.test("listPhotos() knows photos by their first bytes, and says of which kind those are that are not read", async () => {
  await withFiles(["a.jfif", "b.BMP", "empty.heic", "raw.NEF", "notes.txt"], async (root) => {
    await writeFiles(root, {
      c: "\xff\xd8\xff\xe0",
      "d.dat": "RIFF\x04\0\0\0WEBP",
      "letter.txt": "BMW sends its regards",
      "e.HEIC": "\0\0\0\x18ftypheic\0\0\0\0",
      "f.jpeg2": "\0\0\0\x0cjP  \r\n",
      "g.zip": "PK\x03\x04",
    });
    const { photos, leftOut } = await listPhotos([root]);
    assert.deepEqual(photos.map(({ name }) => name), ["a", "b", "c", "d.dat"]);
    assert.deepEqual(leftOut.map(({ path, kind }) => [basename(path), kind]), [
      ["e.HEIC", "HEIC file"],
      ["empty.heic", "file named .heic"],
      ["f.jpeg2", "JPEG 2000 file"],
      ["raw.NEF", "camera raw file"],
    ]);
    assert.ok(leftOut.every(({ remedy }) => remedy !== undefined));
  });
});

Deno.test("listPhotos() leaves out links to nowhere, pipes and names that are not UTF-8, and opens none of them", async () => {
  await withFiles(["a.jpg"], async (root) => {
    // Links and pipes need permissions that deno eval has and the tests do not; Deno itself cannot write a name that is not UTF-8, but
    // lists one with this character, under which nothing is there: so does a link to nowhere of that name.
    const script =
      `Deno.chdir(${
        JSON.stringify(root)
      }); Deno.symlinkSync("nowhere", "b.jpg"); Deno.symlinkSync("nowhere", "c.txt");` +
      `Deno.symlinkSync("/dev/null", "d.png"); Deno.symlinkSync("nowhere", "e\ufffd.png");`;
    assert.ok((await new Deno.Command(Deno.execPath(), { args: ["eval", script] }).output()).success);
    const { photos, leftOut } = await listPhotos([root]);
    assert.deepEqual(photos.map(({ name }) => name), ["a"]);
    assert.deepEqual(leftOut.map(({ kind }) => kind), [
      "link to nowhere",
      "pipe or device",
      "file with a name that is not UTF-8",
    ]);
  });
});

Deno.test("listPhotos() leaves out masks that lie beside their photos, and nothing that only bears such a name", async () => {
  await withFiles([], async (root) => {
    const [width, height] = [4, 3];
    const mask = await encodePng({
      ...{ width, height, channels: 1 },
      data: Uint8Array.from({ length: 12 }, (_, i) => 255 * Number(i < 3)),
    });
    const photo = await encodePng({
      ...{ width, height, channels: 1 },
      data: Uint8Array.from({ length: 12 }, (_, i) => 20 * i),
    });
    const files = {
      ...{
        "p0.jpg": photo,
        "p0.png": mask,
        "p1.jpg": photo,
        "P1_mask.png": mask,
        "p2.tif": photo,
        "p2.png": photo,
      },
      ...{ "lone_mask.png": mask, "q.png": mask, "q_label.png": mask, "r.png": photo, "sub/r.png": mask },
    };
    await Deno.mkdir(join(root, "sub"));
    for (const [name, bytes] of Object.entries(files)) await Deno.writeFile(join(root, name), bytes);
    const { photos, leftOut } = await listPhotos([root]);
    assert.deepEqual(leftOut.map(({ path, kind }) => [relative(root, path), kind]), [
      ["p0.png", "mask lying beside photos"],
      ["P1_mask.png", "mask lying beside photos"],
    ]);
    assert.deepEqual(photos.map(({ name }) => name), [
      ...["lone_mask", "p0", "p1", "p2.png", "p2.tif", "q", "q_label", "r", "sub/r"],
    ]);
  });
});

Deno.test("listPhotos() leaves out masks in folders of their own beside photos or in their folder, or takes them alone", async () => {
  const grey = (value: (i: number) => number) =>
    encodePng({
      width: 4,
      height: 3,
      channels: 1,
      data: Uint8Array.from({ length: 12 }, (_, i) => value(i)),
    });
  const photo = await grey((i) => 20 * i), mask = await grey((i) => 255 * Number(i < 3));
  const list = async (files: Readonly<Record<string, Uint8Array>>, wanted?: "photos" | "masks") => {
    let result: { photos: string[]; leftOut: string[] } | undefined;
    await withFiles([], async (root) => {
      for (const [name, bytes] of Object.entries(files)) {
        await Deno.mkdir(join(root, dirname(name)), { recursive: true });
        await Deno.writeFile(join(root, name), bytes);
      }
      const { photos, leftOut } = await listPhotos([root], { wanted });
      assert.ok(
        leftOut.every(({ kind }) =>
          kind === (wanted === "masks" ? "photo lying beside masks" : "mask lying beside photos")
        ),
      );
      result = {
        photos: photos.map(({ path }) => relative(root, path)),
        leftOut: leftOut.map(({ path }) => relative(root, path)),
      };
    });
    return result;
  };
  const beside = {
    "images/train/a.jpg": photo,
    "images/b.png": photo,
    // Of the name of a photo: a mask, even if it is drawn in many greys.
    "masks/train/a.png": photo,
    "masks/b_mask.png": mask,
    "masks/other.png": mask,
    "masks/overview.png": photo,
  };
  const [masks, photos] = [["masks/b_mask.png", "masks/other.png", "masks/train/a.png"], [
    "images/b.png",
    "images/train/a.jpg",
    "masks/overview.png",
  ]];
  assert.deepEqual(await list(beside), { photos, leftOut: masks });
  assert.deepEqual(await list(beside, "masks"), { photos: masks, leftOut: photos });
  assert.deepEqual(await list({ "day 1/c.jpg": photo, "day 1/GT/c.png": mask, "day 2/labels/c.png": mask }), {
    photos: ["day 1/c.jpg", "day 2/labels/c.png"],
    leftOut: ["day 1/GT/c.png"],
  });
  // Without photos elsewhere a folder of that name is one like any other, as is one that was named itself.
  assert.deepEqual(await list({ "masks/a.png": mask, "labels/b.png": photo }), {
    photos: ["labels/b.png", "masks/a.png"],
    leftOut: [],
  });
  await withFiles(["masks/a.png", "images/a.png"], async (root) => {
    assert.deepEqual(await names([join(root, "masks")]), ["a"]);
    assert.deepEqual(await names([`${root}/.`]), ["images/a"]);
  });
});

Deno.test("countKinds() counts by kind, most first, with the right plural", () => {
  const files = ["HEIC file", "mask lying beside photos", "HEIC file", "link to nowhere"];
  assert.deepEqual(countKinds(files.map((kind) => ({ path: "x", kind }))).map(({ text }) => text), [
    "2 HEIC files",
    "1 mask lying beside photos",
    "1 link to nowhere",
  ]);
});

Deno.test("listPhotos() refuses a path that is not there and a folder without photos", async () => {
  await withFiles(["notes.txt"], async (root) => {
    await assert.rejects(listPhotos([join(root, "not")]), (error) => {
      return error instanceof UsageError &&
        error.message === `Cannot read ${join(root, "not")}: there is no such file or folder.`;
    });
    await assert.rejects(listPhotos([root]), (error) => {
      return error instanceof UsageError && error.message.startsWith(`Cannot find a photo in ${root}: `);
    });
  });
});

Deno.test("namePaths() fits into a heading, however many paths there are", () => {
  assert.equal(namePaths(["photos/"]), "photos/");
  assert.equal(namePaths(["a.jpg", "b.jpg"]), "a.jpg and b.jpg");
  assert.equal(namePaths(["a.jpg", "b.jpg", "c.jpg"]), "a.jpg and 2 others");
});

Deno.test("listPhotos() does not wait for a manifest that is no file, nor reads one that it takes nothing of", async () => {
  await withFiles(
    ["pipe/a.jpg", "folder/b.jpg", "folder/manifest.json/c.jpg", "large/d.jpg"],
    async (root) => {
      assert.ok(
        (await new Deno.Command(Deno.execPath(), {
          args: [
            "eval",
            `new Deno.Command("mkfifo", { args: [Deno.args[0]] }).outputSync()`,
            join(root, "pipe/manifest.json"),
          ],
        }).output()).success,
      );
      // 4 GiB without a block on the disk.
      using large = await Deno.open(join(root, "large/manifest.json"), { write: true, create: true });
      await large.truncate(2 ** 32);
      assert.deepEqual(await names([root]), ["folder/b", "folder/manifest.json/c", "large/d", "pipe/a"]);
    },
  );
});
