import assert from "node:assert/strict";
import { readMask } from "../../../core/datasets/read_mask.ts";
import { readPhoto } from "../../../core/datasets/sample.ts";
import { decodeFile, decodeFilesBy } from "../../../core/images/decode_file.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

Deno.test("decodeFilesBy() decodes photos and masks of all readers, until it is disposed of", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/photo.png`;
  const png = await encodePng({ width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 255) });
  await Deno.writeFile(path, png);
  const lengths: number[] = [], asked: string[] = [];
  const grey = (length: number) => new ImageData(new Uint8ClampedArray(4 * length).fill(9), length, 1);
  {
    using _decoder = decodeFilesBy((bytes, { samples = "light" } = {}) => {
      lengths.push(bytes.length);
      asked.push(samples);
      return Promise.resolve(grey(lengths.length));
    });
    assert.equal((await decodeFile(png)).width, 1);
    assert.equal((await readPhoto(path)).width, 2);
    assert.equal((await readMask(png, "bright")).width, 3);
    {
      using _inner = decodeFilesBy(() => Promise.reject(new RangeError("Cannot decode the image: no.")));
      await assert.rejects(readPhoto(path), {
        name: "RangeError",
        message: `${path}: Cannot decode the image: no.`,
      });
    }
    assert.equal((await decodeFile(png)).width, 4);
  }
  assert.deepEqual(lengths, Array(4).fill(png.length));
  assert.deepEqual(asked, ["light", "light", "stored", "light"]);
  assert.deepEqual([...(await readPhoto(path)).data], [0, 0, 0, 255, 255, 255, 255, 255]);
});
