import assert from "node:assert/strict";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { UsageError } from "../../../tasks/cli/errors.ts";
import { isArchive, unpackArchive } from "../../../tasks/files/unpack.ts";
import { drawnMask, photosOf, readFrom, writeInto } from "../../core/annotations/annotation_fixtures.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

/** A file of an archive, and what its header says otherwise than is true. */
interface Packed {
  readonly name: string;
  readonly content: Uint8Array;
  readonly says?: { readonly size?: number; readonly crc?: number; readonly flags?: number };
}

/** A zip archive (PKWARE's APPNOTE 6.3): local headers with their content, the central directory, its end. */
function zipOf(files: readonly Packed[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [], directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, content, says = {} } of files) {
    const bytes = new TextEncoder().encode(name), packed = deflateRawSync(content);
    const { size = content.length, crc = crc32(content), flags = 0 } = says;
    // Version, flags (bit 11: the name is UTF-8), method 8: deflate, time, date, CRC, sizes, length of the name, nothing extra.
    const common = fields(
      [20, 2],
      [flags | 0x800, 2],
      [8, 2],
      [0, 2],
      [0x21, 2],
      [crc, 4],
      [packed.length, 4],
      [
        size,
        4,
      ],
      [bytes.length, 2],
      [0, 2],
    );
    const local = joined([fields([0x04034b50, 4]), common, bytes, packed]);
    directory.push(
      joined([
        fields([0x02014b50, 4], [20, 2]),
        common,
        fields([0, 2], [0, 2], [0, 2], [0, 4], [at, 4]),
        bytes,
      ]),
    );
    parts.push(local);
    at += local.length;
  }
  const central = joined(directory), count = files.length;
  const end = fields([0x06054b50, 4], [0, 4], [count, 2], [count, 2], [central.length, 4], [at, 4], [0, 2]);
  return joined([...parts, central, end]);
}

/** Numbers as little-endian bytes. */
function fields(...values: readonly (readonly [value: number, bytes: 2 | 4])[]): Uint8Array {
  return Uint8Array.from(
    values.flatMap(([value, bytes]) => Array.from({ length: bytes }, (_, i) => value >>> 8 * i & 255)),
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const text = (content: string) => new TextEncoder().encode(content);

Deno.test("unpackArchive() unpacks what CVAT exports, keeps it, and does nothing again", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const masks = { "day 1/ä 🙂": drawnMask("##.", "#.#", "###"), "b": drawnMask("...", ".#.") };
  await writeInto(join(path, "written"), photosOf(masks), { format: "cvat" });
  const xml = await Deno.readFile(join(path, "written/annotations.xml"));
  const archive = join(path, "export.zip");
  await Deno.writeFile(
    archive,
    zipOf([
      { name: "annotations.xml", content: xml },
      { name: "images/day 1/ä 🙂.png", content: text("a photo") },
      { name: "install.sh", content: text("rm") },
    ]),
  );
  assert.equal(await isArchive(archive), true);
  assert.equal(await isArchive(path), false);
  const out = join(path, "labels-unpacked");
  for (let times = 0; times < 2; times++) {
    assert.equal(await unpackArchive(archive, out), out);
    assert.deepEqual(await readFrom(out, "cvat", masks), masks);
    assert.equal(await Deno.readTextFile(join(out, "images/day 1/ä 🙂.png")), "a photo");
    await assert.rejects(Deno.stat(join(out, "install.sh")));
    // What has been changed since stays.
    await Deno.writeFile(join(out, "images/b.png"), text("mine"));
  }
  await Deno.writeFile(archive, zipOf([{ name: "other.json", content: text("[]") }]));
  await assert.rejects(unpackArchive(archive, out), (error) => {
    return error instanceof UsageError &&
      /there are other things; remove it, or give that folder/.test(error.message);
  });
  assert.equal(await Deno.readTextFile(join(out, "images/b.png")), "mine");
});

Deno.test("unpackArchive() goes into the only folder of an archive, and finds a YOLO dataset there", async () => {
  await using folder = await temporaryFolder();
  const archive = join(folder.path, "yolo.zip");
  await Deno.writeFile(
    archive,
    zipOf([
      { name: "dataset/data.yaml", content: text("names: [crack]\n") },
      { name: "dataset/train/labels/a.txt", content: text("0 0 0 0.25 0 0.25 1 0 1\n") },
      { name: "dataset/train/images/a.jpg", content: text("a photo") },
    ]),
  );
  const found = await unpackArchive(archive, join(folder.path, "out"));
  assert.equal(found, join(folder.path, "out/dataset"));
  // Named as its photo, where Ultralytics looks for it.
  const name = "train/images/a";
  const { [name]: mask } = await readFrom(found, "yolo", { [name]: { width: 4, height: 2 } });
  assert.deepEqual([...mask.data], [1, 1, 0, 0, 1, 1, 0, 0]);
});

Deno.test("unpackArchive() refuses names that lead elsewhere, what is too large, lies about its size, is damaged or encrypted, and leaves nothing", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const archive = join(path, "a.zip"), out = join(path, "below/out");
  const content = text("[]".repeat(500));
  // By the library, or by what it would let pass.
  const UNSAFE = /\(Unsafe filename\); unpack it and give the folder\.$|leads out of the folder\.$/;
  const cases: readonly (readonly [file: Packed, wanted: RegExp])[] = [
    [{ name: "../evil.json", content }, UNSAFE],
    [{ name: "a/../../evil.json", content }, UNSAFE],
    [{ name: "/evil.json", content }, UNSAFE],
    [{ name: "C:/evil.json", content }, UNSAFE],
    [{ name: "..\\evil.json", content }, UNSAFE],
    [{ name: "a.json", content, says: { size: 2 ** 31 } }, /its a\.json would take 2147483648 bytes/],
    [
      { name: "a.json", content, says: { size: 10 } },
      /is damaged or of a kind that is not read \(.*\); unpack it/,
    ],
    [
      { name: "a.json", content, says: { crc: 1 } },
      /is damaged or of a kind that is not read \(.*\); unpack it/,
    ],
    [{ name: "a.json", content, says: { flags: 1 } }, /its a\.json is encrypted\.$/],
  ];
  for (const [file, wanted] of cases) {
    await Deno.writeFile(archive, zipOf([{ name: "first.json", content }, file]));
    await assert.rejects(unpackArchive(archive, out), (error) => {
      return error instanceof UsageError && error.message.startsWith("Cannot unpack ") &&
        wanted.test(error.message);
    }, file.name);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(join(path, "below"))).catch(() => []), [], file.name);
  }
  await Deno.writeFile(archive, zipOf([{ name: "A.json", content }, { name: "a.json", content }]));
  await assert.rejects(unpackArchive(archive, out), /it has two files a\.json\.$/);
  const whole = zipOf([{ name: "a.json", content }]);
  for (const length of [5, 30, whole.length - 30]) {
    await Deno.writeFile(archive, whole.subarray(0, length));
    await assert.rejects(unpackArchive(archive, out), /^UsageError: Cannot unpack .+\.$/);
  }
  assert.deepEqual((await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).sort(), [
    "a.zip",
    "below",
  ]);
});
