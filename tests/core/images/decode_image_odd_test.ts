import { deepStrictEqual, rejects } from "node:assert/strict";
import { decodeImage, type DecodeImageOptions } from "../../../core/images/decode_image.ts";
import { writePng } from "../../oracles/png_writer.ts";
import { letters, plainPage, type TiffEntry, writeTiff } from "../../oracles/tiff_writer.ts";
import { fixture } from "./image_fixtures.ts";

/** The red, and the alpha, of every pixel, and what was noted. */
async function decoded(
  bytes: Uint8Array,
  options: DecodeImageOptions = {},
): Promise<{ red: number[]; alpha: number[]; notes: string[] }> {
  const notes: string[] = [];
  const { data } = await decodeImage(bytes, { ...options, onNote: (note) => notes.push(note) });
  const channel = (c: number) => Array.from(data).filter((_, i) => i % 4 === c);
  return { red: channel(0), alpha: channel(3), notes };
}

const grey = (samples: readonly number[], more?: readonly TiffEntry[]) =>
  writeTiff([plainPage({ width: samples.length, height: 1, samples, more })]);

const greyPng = (samples: readonly number[], chunks?: Readonly<Record<string, readonly number[]>>) =>
  writePng({ width: samples.length, height: 1, depth: 16, colour: 0, sample: (x) => samples[x], chunks });

Deno.test("decodeImage() spreads 8, 10 and 12 bits that lie in 16 over the whole range, and says so", async () => {
  for (const write of [grey, greyPng]) {
    for (
      const [bits, samples, red] of [
        // round(255 · 1 / 255), round(255 · 200 / 1023) = round(49.85…), round(255 · 1000 / 4095) = round(62.27…)
        [8, [0, 1, 255], [0, 1, 255]],
        [10, [0, 200, 1023], [0, 50, 255]],
        [10, [256, 0, 3], [64, 0, 1]],
        [12, [0, 1000, 1024], [0, 62, 64]],
      ] as const
    ) {
      deepStrictEqual(await decoded(write(samples)), {
        red: [...red],
        alpha: [255, 255, 255],
        notes: [`None of its 16-bit samples exceeds ${2 ** bits - 1}: they were read as ${bits} bits.`],
      });
      // Numbers, as of a mask or of a map of confidences, are what they are.
      const stored = await decoded(write(samples), { samples: "stored" });
      deepStrictEqual(stored.red, samples.map((value) => Math.round(value / 257)));
      deepStrictEqual(stored.notes, []);
    }
    deepStrictEqual((await decoded(write([0, 4096]))).red, [0, 16]);
    deepStrictEqual(await decoded(write([0, 0])), { red: [0, 0], alpha: [255, 255], notes: [] });
  }
});

Deno.test("decodeImage() takes the bits of 16 that the file names, unless its values exceed them", async () => {
  const says = (bits: number) => [`Its 16-bit samples were read as ${bits} bits, as the file says.`];
  const named = (samples: readonly number[], highest: number) => [
    decoded(grey(samples, [[281, 3, [highest]]])),
    decoded(grey(samples, [[341, 3, [highest]]])),
    decoded(greyPng(samples, { sBIT: [Math.log2(highest + 1)] })),
  ];
  // round(255 · 100 / 4095) = round(6.2…), round(255 · 8000 / 16383) = round(124.5…)
  for (const image of await Promise.all(named([0, 100], 4095))) {
    deepStrictEqual([image.red, image.notes], [[0, 6], says(12)]);
  }
  for (const image of await Promise.all(named([0, 8000], 16383))) {
    deepStrictEqual([image.red, image.notes], [[0, 125], says(14)]);
  }
  for (const samples of [[0, 65535], [0, 1024]]) {
    for (const image of await Promise.all(named(samples, samples[1] === 1024 ? 65535 : 1023))) {
      deepStrictEqual([image.red, image.notes], [samples.map((value) => Math.round(value / 257)), []]);
    }
  }
  // How bright the brightest pixel is, is no number of bits.
  deepStrictEqual((await decoded(grey([0, 20000], [[281, 3, [20000]]]))).red, [0, 78]);
});

Deno.test("decodeImage() spreads colours and alpha of 16 bits, and turns dark ones of TIFF where white is 0", async () => {
  const samples = [1023, 0, 512, 1023, 0, 1023, 0, 0];
  const pixel = { red: [255, 0], alpha: [255, 0] };
  const rgba = plainPage({ width: 2, height: 1, photometric: 2, samples, more: [[338, 3, [2]]] });
  deepStrictEqual({ ...await decoded(writeTiff([rgba])), notes: 0 }, { ...pixel, notes: 0 });
  const png = (values: readonly number[]) =>
    writePng({ width: 2, height: 1, depth: 16, colour: 6, sample: (x, _, c) => values[4 * x + c] });
  deepStrictEqual({ ...await decoded(png(samples)), notes: 0 }, { ...pixel, notes: 0 });
  // Opaque, as a program writes it that spreads alpha alone.
  deepStrictEqual((await decoded(png([1023, 0, 0, 65535, 0, 0, 0, 32768]))).alpha, [255, 128]);
  const dark = writeTiff([plainPage({ width: 2, height: 1, photometric: 0, samples: [0, 1023] })]);
  deepStrictEqual((await decoded(dark)).red, [255, 0]);
});

Deno.test("decodeImage() makes pixels of a photo transparent that GDAL calls no data", async () => {
  const noData = (text: string): TiffEntry[] => [[42113, 2, letters(text)]];
  const left = (
    value: number,
  ) => [`Its pixels of the value ${value}, which it calls no data, were left out.`];
  const plain = { width: 4, height: 1, depth: 8, samples: [0, 7, 0, 255] } as const;
  const greys = writeTiff([plainPage({ ...plain, more: noData("0") })]);
  deepStrictEqual(await decoded(greys), { red: [0, 7, 0, 255], alpha: [0, 255, 0, 255], notes: left(0) });
  deepStrictEqual((await decoded(greys, { samples: "stored" })).alpha, [255, 255, 255, 255]);
  for (const text of ["-9999", "nan", "0.5", ""]) {
    const other = writeTiff([plainPage({ ...plain, more: noData(text) })]);
    deepStrictEqual([(await decoded(other)).alpha, (await decoded(other)).notes], [[255, 255, 255, 255], []]);
  }
  // All colours must have the value, together or in planes of their own.
  const rgb = [255, 255, 255, 255, 255, 0, 1, 2, 3];
  const colour = { width: 3, height: 1, depth: 8, photometric: 2 } as const;
  const chunky = writeTiff([plainPage({ ...colour, samples: rgb, more: noData("255.0") })]);
  deepStrictEqual((await decoded(chunky)).alpha, [0, 255, 255]);
  const page = plainPage({ ...colour, samples: [255, 255, 1, 255, 255, 2, 255, 0, 3], more: noData("255") });
  const planar = writeTiff([{
    ...page,
    entries: (at) =>
      page.entries(at).filter(([tag]) => tag !== 273 && tag !== 279)
        .concat([[273, 4, [at, at + 3, at + 6]], [279, 4, [3, 3, 3]], [284, 3, [2]]]),
  }]);
  deepStrictEqual(await decoded(planar), { red: [255, 255, 1], alpha: [0, 255, 255], notes: left(255) });
  // What stands for no data says nothing of the bits.
  const wide = await decoded(grey([65535, 1023], noData("65535")));
  deepStrictEqual([wide.red[1], wide.alpha], [255, [0, 255]]);
});

Deno.test("decodeImage() reads the largest full picture of a TIFF file's pages, and says what else there is", async () => {
  const page = (width: number, value: number, subfile?: readonly [tag: 254 | 255, value: number]) =>
    plainPage({
      ...{ width, height: 2, depth: 8, samples: Array<number>(2 * width).fill(value) },
      more: subfile === undefined ? [] : [[subfile[0], 4, [subfile[1]]]],
    });
  const read = async (...pages: Parameters<typeof writeTiff>[0]) => {
    const { red, notes } = await decoded(writeTiff(pages));
    return [red.length / 2, red[0], ...notes];
  };
  deepStrictEqual(await read(page(3, 1)), [3, 1]);
  deepStrictEqual(await read(page(3, 1), page(4, 2), page(4, 3)), [
    ...[4, 2],
    "Of its 3 pages the 4 × 2 picture of page 2 was read, and not the other 2 pictures.",
  ]);
  deepStrictEqual(await read(page(9, 1, [254, 1]), page(2, 2), page(8, 3, [254, 4]), page(7, 4, [255, 2])), [
    ...[2, 2],
    "Of its 4 pages the 2 × 2 picture of page 2 was read, and not the other 2 reduced pictures and 1 mask.",
  ]);
  deepStrictEqual((await read(page(2, 1, [254, 1]), page(3, 2, [254, 1]))).slice(0, 2), [3, 2]);
  // A chain of pages that runs in a circle ends where it began.
  const circle = writeTiff([page(3, 1), page(4, 2)]);
  const view = new DataView(circle.buffer);
  const next = (at: number) => at + 2 + 12 * view.getUint16(at, true);
  view.setUint32(next(view.getUint32(next(8), true)), 8, true);
  deepStrictEqual((await decoded(circle)).red, Array(8).fill(2));
});

Deno.test("decodeImage() reads a JPEG without its end marker where all rows are there, and no other", async () => {
  const names = ["rgb_420.jpg", "rgb_444_progressive.jpg", "grey.jpg", "grey_progressive.jpg", "cmyk.jpg"];
  for (const name of names) {
    const file = fixture(name);
    const whole = await decodeImage(file);
    const without = file.subarray(0, file.length - 2);
    const joined = (...rest: readonly number[]) => Uint8Array.from([...without, ...rest]);
    const trailer = [...letters("SEFT"), 7, 7, 7];
    for (const bytes of [without, joined(0xff), joined(0, 0, 0, 0), joined(0xff, 0, 0), joined(...trailer)]) {
      const notes: string[] = [];
      deepStrictEqual(
        (await decodeImage(bytes, { onNote: (note) => notes.push(note) })).data,
        whole.data,
        name,
      );
      deepStrictEqual(notes, ["Its end marker is missing, but none of its rows is."]);
    }
    // The rest of the last scan, or all of it, is missing, and what was kept free for it is full of zeros.
    const scan = file.lastIndexOf(0xda) - 1;
    for (const length of [file.length - 3, file.length - 9, file.length - 40, scan + 14, scan]) {
      for (const filling of [0, 5000]) {
        const cut = new Uint8Array(length + filling);
        cut.set(file.subarray(0, length));
        await rejects(decodeImage(cut), {
          name: "SyntaxError",
          message: /JPEG file is cut off, its \d+ bytes end before/,
        });
      }
    }
  }
});

Deno.test("decodeImage() makes pixels transparent that are outside the mask in a TIFF file", async () => {
  const page = plainPage({ width: 3, height: 2, depth: 8, samples: [10, 20, 30, 40, 50, 60] });
  const mask = (samples: readonly number[], photometric = 4) =>
    plainPage({ width: 3, height: 2, depth: 8, photometric, samples, more: [[254, 4, [4]]] });
  const small = plainPage({
    width: 1,
    height: 1,
    depth: 8,
    photometric: 4,
    samples: [0],
    more: [[254, 4, [5]]],
  });
  const file = writeTiff([page, small, mask([0, 255, 0, 1, 1, 1])]);
  const { red, alpha, notes } = await decoded(file);
  deepStrictEqual([red, alpha], [[10, 20, 30, 40, 50, 60], [0, 255, 0, 255, 255, 255]]);
  deepStrictEqual(notes, [
    "Of its 3 pages the 3 × 2 picture of page 1 was read, and not the other 1 mask.",
    "Its pixels outside the mask that the file holds were left out.",
  ]);
  deepStrictEqual((await decoded(file, { samples: "stored" })).alpha, Array(6).fill(255));
  // As GDAL writes it: a bit a pixel, rows padded to whole bytes.
  const bits = mask([0, 0, 0, 0, 0, 0]);
  const bilevel = {
    content: Uint8Array.of(0b01100000, 0b11100000),
    entries: (at: number) =>
      bits.entries(at).map((entry): TiffEntry =>
        entry[0] === 258 ? [258, 3, [1]] : entry[0] === 279 ? [279, 4, [2]] : entry
      ),
  };
  deepStrictEqual(await decoded(writeTiff([page, bilevel])), {
    ...{ red: [10, 20, 30, 40, 50, 60], alpha: [0, 255, 255, 255, 255, 255] },
    notes: ["Its pixels outside the mask that the file holds were left out."],
  });
  // A mask that takes all, and one of a kind that is not read.
  deepStrictEqual((await decoded(writeTiff([page, mask(Array(6).fill(1))]))).notes, []);
  const unread = await decoded(writeTiff([page, mask(Array(6).fill(0), 6)]));
  deepStrictEqual([unread.alpha, unread.notes], [
    Array(6).fill(255),
    ["Its mask is of a kind that is not read: none of its pixels was left out by it."],
  ]);
});
