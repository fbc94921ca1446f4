import assert from "node:assert/strict";
import { join } from "node:path";
import { readMasked } from "../../../core/datasets/sample.ts";
import { fullyLabelled, weighedTruth } from "../../../tasks/teach/taught_photo.ts";
import { maskedSample, wholeSample } from "../../../tasks/training/named_sample.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { HEIGHT, WIDTH, writeLineSet } from "../reproduce/fixtures.ts";

Deno.test("fullyLabelled() photos have every pixel of their masks known, and those without a crack all of theirs", async () => {
  await using folder = await temporaryFolder();
  await writeLineSet(folder.path, { test: 1 });
  const path = join(folder.path, "test_img/0.png"), mask = join(folder.path, "test_lab/0.png");
  const masked = maskedSample({ name: "0", path, mask, soft: false, extra: false });
  const photo = fullyLabelled(masked) ?? assert.fail("left out");
  const { mask: { data } } = await readMasked(masked.sample);
  const known = new Uint8Array(WIDTH * HEIGHT).fill(255);
  assert.ok(data.includes(1) && data.includes(0));
  assert.deepEqual(weighedTruth(await photo.sample.truth()), {
    truth: data.map((value) => 255 * value),
    weight: known,
  });
  const clear = fullyLabelled(wholeSample({ name: "0", path, truth: "no_crack" })) ?? assert.fail("left out");
  const { truth } = await clear.sample.read();
  assert.deepEqual(weighedTruth(truth), { truth: new Uint8Array(WIDTH * HEIGHT), weight: known });
  assert.equal(fullyLabelled(wholeSample({ name: "0", path, truth: "crack" })), undefined);
});
