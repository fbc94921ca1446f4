import assert from "node:assert/strict";
import { join } from "node:path";
import type { Compute, Plane } from "../../../core/gpu/compute.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { paperLabeller } from "../../../core/label/label_image.ts";
import { describeError } from "../../../tasks/cli/errors.ts";
import type { Session } from "../../../tasks/label/label_photos.ts";
import { labelPhotos, type LabelSummary } from "../listed_runs.ts";
import type { Manifest } from "../../../tasks/label/manifest.ts";
import { FakeClassifier } from "../../core/label/fake_classifier.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { crackPhoto } from "../crack_photo.ts";

const NAMES = ["a", "b", "c", "d", "e", "f"];

/** Photos `a` to `f` in `photos/` of a new folder. */
async function withPhotos(test: (folder: string) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  await Deno.mkdir(join(folder.path, "photos"));
  for (const [i, name] of NAMES.entries()) {
    await Deno.writeFile(join(folder.path, "photos", `${name}.png`), await crackPhoto(48 + i, 40, i));
  }
  await test(folder.path);
}

/** Labels the photos of a folder with a device of its own; `before` happens once they are listed. */
async function label(
  folder: string,
  { out = "labels", classifier, before }: {
    readonly out?: string;
    readonly classifier?: (compute: Compute) => FakeClassifier;
    readonly before?: () => Promise<void>;
  } = {},
): Promise<LabelSummary> {
  using compute = await openCompute();
  const { description: adapter, software } = compute;
  const open = async (): Promise<Session> => {
    await before?.();
    return {
      compute,
      labeller: paperLabeller(compute, { classifier: classifier?.(compute) ?? new FakeClassifier() }),
      networks: { classifier: { name: "darkest pixel", source: "test", sha256: "ab".repeat(32) } },
      runtime: { deno: "2", tfjs: "4", adapter, software, backend: "none" },
    };
  };
  const paths = [join(folder, "photos")];
  const write = Deno.stderr.writeSync;
  Deno.stderr.writeSync = (bytes) => bytes.length;
  try {
    const settings = { stages: false, quiet: true, title: "Test" };
    return await labelPhotos({ ...settings, paths, out: join(folder, out) }, open);
  } finally {
    Deno.stderr.writeSync = write;
  }
}

function list(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}

/** Makes sure that what a broken run left is whole, that its manifest speaks of it, and that the next run ends it. */
async function assertResumes(folder: string): Promise<LabelSummary> {
  const labels = join(folder, "labels");
  const manifest: Manifest = JSON.parse(await Deno.readTextFile(join(labels, "manifest.json")));
  assert.ok(!list(labels).includes("report.html"));
  for (const kind of ["masks", "confidence"]) {
    const names = list(join(labels, kind));
    assert.deepEqual(names.filter((name) => !/^[a-f]\.png$/.test(name)), [], "no half file");
    for (const name of names) await decodeImage(await Deno.readFile(join(labels, kind, name)));
    for (const { name } of manifest.photos) assert.ok(names.includes(`${name}.png`), name);
  }
  const resumed = await label(folder);
  assert.ok(resumed.skipped >= manifest.photos.length);
  assert.deepEqual([resumed.photos.length, resumed.failures.length], [NAMES.length, 0]);
  await label(folder, { out: "unbroken" });
  for (const kind of ["masks", "confidence"]) {
    for (const name of NAMES.map((name) => `${name}.png`)) {
      const files = ["labels", "unbroken"].map((out) => Deno.readFile(join(folder, out, kind, name)));
      const [broken, unbroken] = await Promise.all(files);
      assert.deepEqual(broken, unbroken, `${kind}/${name}`);
    }
  }
  return resumed;
}

Deno.test("labelPhotos() notes a photo that vanishes after it was listed, and labels the others", async () => {
  await withPhotos(async (folder) => {
    const gone = join(folder, "photos/c.png");
    const { photos, failures } = await label(folder, { before: () => Deno.remove(gone) });
    assert.deepEqual(photos.map(({ name }) => name), ["a", "b", "d", "e", "f"]);
    assert.deepEqual(failures.map(({ name }) => name), ["c"]);
    assert.equal(failures[0].error, `Cannot read ${gone}: there is no such file or folder.`);
  });
});

Deno.test("labelPhotos() ends with one sentence when the device is lost, and the next run goes on", async () => {
  await withPhotos(async (folder) => {
    class Losing extends FakeClassifier {
      #calls = 0;
      override activations(image: Plane): ReturnType<FakeClassifier["activations"]> {
        // Four photos are in work at most, so that one is done by now.
        if (++this.#calls === 5) image.compute.device.destroy();
        return super.activations(image);
      }
    }
    await assert.rejects(label(folder, { classifier: () => new Losing() }), (error) => {
      assert.match(
        describeError(error),
        /^Cannot go on computing on [^\n]+: the device was lost \([^\n]*\); [^\n]+\.$/,
      );
      return true;
    });
    assert.ok((await assertResumes(folder)).skipped >= 1);
  });
});

Deno.test("labelPhotos() ends with one sentence when the disk is full, and the next run goes on", async () => {
  await withPhotos(async (folder) => {
    const { write } = Deno.FsFile.prototype;
    let left = 2000;
    Deno.FsFile.prototype.write = function (bytes) {
      left -= bytes.length;
      if (left >= 0) return write.call(this, bytes);
      // The system's own words, as Deno passes them on.
      return Promise.reject(
        Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" }),
      );
    };
    try {
      await assert.rejects(label(folder), (error) => {
        assert.match(
          describeError(error),
          /^Cannot write [^\n]+: the disk is full; free some space and run [^\n]+\.$/,
        );
        return true;
      });
    } finally {
      Deno.FsFile.prototype.write = write;
    }
    await assertResumes(folder);
  });
});

Deno.test("describeError() reports a lost device in one sentence where the network's library does it in its own words", () => {
  const error = new DOMException("Parent device is lost", "OperationError");
  assert.match(describeError(error), /^Cannot go on computing: the graphics device was lost, [^\n]+\.$/);
});
