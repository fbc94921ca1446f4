import assert from "node:assert/strict";
import { join } from "node:path";
import { writeManifest } from "../../../tasks/batch/manifest_files.ts";
import type { PhotoRecord } from "../../../tasks/batch/manifests.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

Deno.test("writeManifest() writes a manifest piece by piece as JSON.stringify() would as a whole", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "manifest.json");
  for (const count of [0, 1, 255, 256, 257, 600]) {
    const photos = Array.from({ length: count }, (_, i): PhotoRecord => ({
      ...{ name: `a "photos": []\n${i}`, path: "p.png", sha256: "0", width: 1, height: 1, crackPixels: 0 },
      ...{ crackShare: 0, seconds: 0.25, files: [{ path: "masks/a.png", bytes: i, sha256: "1" }] },
    }));
    const runtime = { deno: "", tfjs: "", adapter: "", software: true, backend: "" };
    const failures = [{ name: "b", path: "b.png", error: '\n  "photos": []' }];
    const manifest = { program: "hairline", version: "1", task: "label", runtime, photos, failures } as const;
    await writeManifest(path, manifest);
    assert.equal(await Deno.readTextFile(path), `${JSON.stringify(manifest, null, 2)}\n`);
  }
});
