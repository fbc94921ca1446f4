import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { directionCounts, directionMap, encodeDirections } from "../../../tasks/predict/direction_map.ts";
import { directionColour, oklabToSrgb } from "../../../tasks/report/direction_colour.ts";

Deno.test("directionMap() rounds degrees around the half circle, and has 180 where there is no crack", () => {
  const mask = Uint8Array.of(1, 1, 1, 0, 1, 1);
  const map = directionMap(Float32Array.of(0, 44.6, 179.4, 90, 179.6, 90), { width: 3, height: 2, mask });
  assert.deepEqual([...map.degrees], [0, 45, 179, 180, 0, 90]);
  const counts = directionCounts(map);
  assert.deepEqual([counts.length, counts[0], counts[4], counts[9], counts[17]], [18, 2, 1, 1, 1]);
  assert.equal(counts.reduce((sum, count) => sum + count), 5);
});

Deno.test("encodeDirections() keeps degrees as values and shows them in colours, black where there is no crack", async () => {
  const degrees = Uint8Array.of(0, 45, 90, 135, 180);
  const png = await encodeDirections({ width: 5, height: 1, degrees });
  // The one IDAT holds a filter and the values, uncoloured.
  const at = new TextDecoder("latin1").decode(png).indexOf("IDAT"), view = new DataView(png.buffer);
  assert.deepEqual([...inflateSync(png.subarray(at + 4, at + 4 + view.getUint32(at - 4)))], [0, ...degrees]);
  const { data } = await decodeImage(png);
  const [level, rising, upright, falling, none] = [0, 1, 2, 3, 4].map((
    i,
  ) => [...data.slice(4 * i, 4 * i + 3)]);
  assert.deepEqual(none, [0, 0, 0]);
  const sum = (colour: number[]) => colour.reduce((a, b) => a + b);
  assert.ok(sum(level) > sum(rising) && sum(rising) > sum(upright), "light to dark");
  assert.ok(rising[0] > rising[2] + 50, "yellow");
  assert.ok(falling[2] > falling[0] + 50, "blue");
});

Deno.test("oklabToSrgb() has white, black and sRGB's own red where they are published", () => {
  assert.deepEqual(oklabToSrgb([1, 0, 0]), [255, 255, 255]);
  assert.deepEqual(oklabToSrgb([0, 0, 0]), [0, 0, 0]);
  assert.deepEqual(oklabToSrgb([0.62796, 0.22486, 0.12585]), [255, 0, 0]);
  assert.deepEqual(
    directionColour(180).map((x) => x.toFixed(6)),
    directionColour(0).map((x) => x.toFixed(6)),
  );
});
