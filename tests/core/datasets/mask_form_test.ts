import assert from "node:assert/strict";
import { type MaskRule, type MaskSetValues, splitMask } from "../../../core/datasets/mask_form.ts";
import { readMask } from "../../../core/datasets/read_mask.ts";
import { encodeJpeg } from "../../../core/images/encode_jpeg.ts";
import { writePng } from "../../oracles/png_writer.ts";

type Colour = number | readonly [number, number, number] | readonly [number, number, number, number];

function mask(...colours: Colour[]): { data: ImageData["data"] } {
  const rgba = (colour: Colour) => {
    const [red, green, blue, alpha = 255] = typeof colour === "number" ? [colour, colour, colour] : colour;
    return [red, green, blue, alpha];
  };
  return { data: new Uint8ClampedArray(colours.flatMap(rgba)) };
}

function split(rule: MaskRule, ...colours: Colour[]): number[] {
  return [...splitMask(mask(...colours), { rule }).data];
}

Deno.test("splitMask() recognises masks of 0/1, 0/255, any other pair, soft ones and palettes", () => {
  const recognise = (...colours: Colour[]) => split("recognise", ...colours);
  assert.deepEqual(recognise(0, 1, 0), [0, 1, 0]);
  assert.deepEqual(recognise(0, 255), [0, 1]);
  assert.deepEqual(recognise(0, 38), [0, 1]);
  assert.deepEqual(recognise(20, 230), [0, 1]);
  assert.deepEqual(recognise([0, 0, 0], [128, 0, 0]), [0, 1]);
  assert.deepEqual(recognise(0, 60, 127, 128, 200, 255), [0, 0, 0, 1, 1, 1]);
  assert.deepEqual(recognise(0, 254, 255), [0, 1, 1]);
  // One value: nothing of 0, all of 1 and 255; two values close together are noise.
  assert.deepEqual([recognise(0, 0), recognise(1, 1), recognise(255)], [[0, 0], [1, 1], [1]]);
  assert.deepEqual(recognise(254, 255), [1, 1]);
});

Deno.test("splitMask() takes any two values or colours for ground and crack", () => {
  const recognise = (...colours: Colour[]) => split("recognise", ...colours);
  assert.deepEqual(recognise(0, 2, 2), [0, 1, 1]);
  assert.deepEqual(recognise(1, 2), [0, 1]);
  assert.deepEqual(recognise(0, [60, 20, 0]), [0, 1]);
  // Of one brightness: one is crack and the other not, whichever; the majority of a set is ground.
  assert.deepEqual(recognise([255, 0, 0], [0, 0, 255]), [1, 0]);
  // The soft edge of a dark grey.
  assert.deepEqual(recognise(0, 30, 60, 100), [0, 0, 1, 1]);
});

Deno.test("splitMask() goes by alpha where all that can be seen has one colour", () => {
  const recognise = (...colours: Colour[]) => split("recognise", ...colours);
  assert.deepEqual(recognise([0, 0, 0, 0], [0, 0, 0, 255]), [0, 1]);
  assert.deepEqual(recognise([255, 255, 255, 0], [255, 255, 255, 255]), [0, 1]);
  assert.deepEqual(recognise([255, 255, 255, 0], [255, 255, 255, 0]), [0, 0]);
  assert.deepEqual(recognise([9, 9, 9, 0], [200, 0, 0, 128]), [0, 1]);
  assert.deepEqual(recognise([0, 0, 0, 0], [0, 0, 0, 100], [0, 0, 0, 130], [0, 0, 0, 255]), [0, 0, 1, 1]);
  // Two colours can be seen: they say what is crack.
  assert.deepEqual(recognise([0, 0, 0, 255], [255, 255, 255, 255], [0, 0, 0, 0]), [0, 1, 0]);
});

Deno.test("splitMask() knows nothing of 255 beside 0 and 1, and of 255 where the set has it so", () => {
  const of = (set: MaskSetValues | undefined, ...colours: Colour[]) => {
    const { data, weight } = splitMask(mask(...colours), { rule: "recognise", set });
    return [[...data], weight && [...weight]];
  };
  assert.deepEqual(of(undefined, 0, 1, 255), [[0, 1, 0], [255, 255, 0]]);
  const set = { ignores: true };
  assert.deepEqual(of(set, 0, 255), [[0, 0], [255, 0]]);
  assert.deepEqual(of(set, 1, 255), [[1, 0], [255, 0]]);
  assert.deepEqual(of(set, 255), [[0], [0]]);
  assert.deepEqual(of(undefined, 0, 255), [[0, 1], undefined]);
  const { data } = splitMask(mask(1, 1, 0, 255), { rule: "recognise inverted" });
  assert.deepEqual([...data], [0, 0, 1, 0]);
});

Deno.test("splitMask() refuses a photo, and a photo with cracks drawn on it", () => {
  const photo = Array.from({ length: 400 }, (_, i) => 90 + i * 7 % 60);
  assert.throws(() => split("recognise", 0, ...photo, 255), /has 62 colours, as a photo has/);
  assert.throws(() => split("recognise", [255, 0, 0], ...photo), /has 61 colours, as a photo has/);
});

Deno.test("splitMask() turns inverted masks round", () => {
  assert.deepEqual(split("recognise inverted", 0, 255, 255), [1, 0, 0]);
  assert.deepEqual(split("recognise inverted", 0, 1), [1, 0]);
  assert.deepEqual(split("dark", 0, 127, 128, 255), [1, 1, 0, 0]);
  assert.deepEqual(split("bright", 0, 127, 128, 255), [0, 0, 1, 1]);
});

Deno.test("splitMask() refuses masks of three values or colours, and says which", () => {
  const refused = (message: RegExp, ...colours: Colour[]) => {
    assert.throws(() => split("recognise", ...colours), { name: "RangeError", message });
    // Layouts whose masks are known are not asked.
    assert.equal(split("bright", ...colours).length, colours.length);
  };
  refused(/the mask has 3 values, 0, 128 and 255; give one with two/, 0, 128, 255);
  refused(/the mask has 3 values, 0, 1 and 2;/, 0, 2, 1);
  refused(/the mask has 9 values, 0, 1, 2, 3, 4 and 4 more;/, 0, 1, 2, 3, 4, 5, 6, 7, 8);
  refused(/the mask has 3 colours, #000000, #00ff00 and #ff0000;/, 0, [255, 0, 0], [0, 255, 0]);
});

Deno.test("readMask() names depth and kind of the file, and finds the same crack in each", async () => {
  const crack = (x: number) => x === 2 ? 1 : 0;
  const png = (depth: number, colour: number, high: number, chunks = {}) =>
    writePng({ width: 5, height: 2, depth, colour, sample: (x) => crack(x) * high, chunks });
  const files: Record<string, Uint8Array> = {
    "1-bit PNG of 0/255": png(1, 0, 1),
    "8-bit PNG of 0/1": png(8, 0, 1),
    "8-bit PNG of 0/255": png(8, 0, 255),
    "16-bit PNG of 0/255": png(16, 0, 65535),
    "8-bit colour PNG of 0/255": png(8, 2, 255),
    "2-bit palette PNG of 0/128": png(2, 3, 1, { PLTE: [0, 0, 0, 128, 0, 0] }),
  };
  for (const [form, bytes] of Object.entries(files)) {
    const truth = await readMask(bytes, "recognise");
    assert.deepEqual([truth.width, truth.height], [5, 2]);
    assert.equal(`${truth.form.file} of ${truth.form.values}`, form);
    assert.deepEqual([...truth.data], [0, 0, 1, 0, 0, 0, 0, 1, 0, 0], form);
  }
});

Deno.test("readMask() tells class numbers of 16 bits apart before they are rounded, and leaves shades", async () => {
  const png = (values: readonly number[]) =>
    writePng({ width: 4, height: 2, depth: 16, colour: 0, sample: (x) => values[x] });
  const read = async (...values: number[]) => {
    const { data, form } = await readMask(png(values), "recognise");
    return [[...data.subarray(4)], `${form.file} of ${form.values}`];
  };
  assert.deepEqual(await read(0, 1, 1, 0), [[0, 1, 1, 0], "16-bit PNG of 0/1"]);
  assert.deepEqual(await read(1, 1, 2, 1), [[0, 0, 1, 0], "16-bit PNG of 1/2"]);
  assert.deepEqual(await read(0, 0, 65535, 0), [[0, 0, 1, 0], "16-bit PNG of 0/255"]);
  assert.deepEqual(await read(0, 0, 40000, 0), [[0, 0, 1, 0], "16-bit PNG of 0/156"]);
  const tiff = tiffOf16Bits([0, 1, 0, 1, 1, 0, 0, 0], 4);
  assert.deepEqual([...(await readMask(tiff, "recognise")).data], [0, 1, 0, 1, 1, 0, 0, 0]);
});

/** A grey TIFF of 16 bits in one uncompressed strip, big-endian. */
function tiffOf16Bits(values: readonly number[], width: number): Uint8Array {
  const height = values.length / width, SHORT = 3;
  const tags = [
    [256, width],
    [257, height],
    [258, 16],
    [259, 1],
    [262, 1],
    [273, 8],
    [277, 1],
    [278, height],
    [
      279,
      2 * values.length,
    ],
  ];
  const bytes = (value: number) => [value >> 8, value & 255];
  const directory = 8 + 2 * values.length;
  return Uint8Array.from([
    ...[0x4d, 0x4d, 0, 42, 0, 0, ...bytes(directory)],
    ...values.flatMap(bytes),
    ...bytes(tags.length),
    ...tags.flatMap(([tag, value]) => [...bytes(tag), ...bytes(SHORT), 0, 0, 0, 1, ...bytes(value), 0, 0]),
    ...[0, 0, 0, 0],
  ]);
}

Deno.test("readMask() cuts the noisy values of a JPEG in their middle", async () => {
  const [width, height] = [24, 16];
  const data = Uint8ClampedArray.from(
    { length: 4 * width * height },
    (_, i) => (i >> 2) % width < 9 ? 255 : 0,
  );
  const truth = await readMask(await encodeJpeg(new ImageData(data, width, height)), "recognise");
  assert.equal(truth.form.file, "JPEG");
  assert.deepEqual([...truth.data], Array.from(truth.data, (_, i) => i % width < 9 ? 1 : 0));
});
