import { deepStrictEqual, ok } from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { gamma, parametric, SRGB_CURVE, table, writeIccProfile } from "../../oracles/icc_writer.ts";
import { writePng } from "../../oracles/png_writer.ts";
import { plainPage, writeTiff } from "../../oracles/tiff_writer.ts";
import { fixture } from "./image_fixtures.ts";

type Matrix = readonly (readonly [number, number, number])[];

/** Red, green and blue of each profile under D50, as the profiles of Adobe and Apple have them. */
const ADOBE_RGB = writeIccProfile({
  ...{ space: "RGB ", name: "Adobe RGB (1998)", curve: gamma(563 / 256) },
  colorants: [[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]],
});
const DISPLAY_P3 = writeIccProfile({
  ...{ space: "RGB ", name: "Display P3", curve: SRGB_CURVE },
  colorants: [[0.51512, 0.2412, -0.00105], [0.29198, 0.69225, 0.04189], [0.1571, 0.06657, 0.78407]],
});
const SRGB = writeIccProfile({
  ...{ space: "RGB ", name: "sRGB IEC61966-2.1", curve: SRGB_CURVE },
  colorants: [[0.43607, 0.22249, 0.01392], [0.38515, 0.71687, 0.09708], [0.14307, 0.06061, 0.7141]],
});

/** XYZ under D65 of linear colours: Adobe RGB (1998), 4.3.5.3; SMPTE EG 432-1; and sRGB of that: IEC 61966-2-1. */
const ADOBE_TO_XYZ: Matrix = [[0.57667, 0.18556, 0.18823], [0.29734, 0.62736, 0.07529], [
  0.02703,
  0.07069,
  0.99134,
]];
const P3_TO_XYZ: Matrix = [[0.48657, 0.26567, 0.19822], [0.22897, 0.69174, 0.07929], [0, 0.04511, 1.04394]];
const XYZ_TO_SRGB: Matrix = [[3.24097, -1.53738, -0.49861], [-0.96924, 1.87597, 0.04156], [
  0.05563,
  -0.20398,
  1.05697,
]];

const times = (matrix: Matrix, v: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, m, i) => sum + m * v[i], 0));
const decodeSrgb = (v: number) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const encodeSrgb = (v: number) => v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055;

/** sRGB, unrounded, of a colour, by way of D65. */
function expected(
  colour: readonly number[],
  { curve, toXyz }: { curve: (v: number) => number; toXyz: Matrix },
): number[] {
  const light = times(XYZ_TO_SRGB, times(toXyz, colour.map((value) => curve(value / 255))));
  return light.map((value) => 255 * encodeSrgb(Math.min(1, Math.max(0, value))));
}

const COLOURS = [0, 1, 7, 40, 128, 200, 254, 255].flatMap((r, _, all) =>
  all.flatMap((g) => all.map((b) => [r, g, b]))
);

const iccp = (profile: Uint8Array) => [...[80, 0, 0], ...deflateSync(profile)];

/** A PNG of the colours with a profile. */
function png(
  profile: Uint8Array,
  chunks: Readonly<Record<string, readonly number[]>> = {},
): Uint8Array<ArrayBuffer> {
  return writePng({
    ...{ width: COLOURS.length, height: 1, depth: 8, colour: 2 },
    sample: (x, _, c) => COLOURS[x][c],
    chunks: { ...chunks, iCCP: iccp(profile) },
  });
}

async function read(
  bytes: Uint8Array,
  samples: "light" | "stored" = "light",
): Promise<{ colours: number[][]; notes: string[] }> {
  const notes: string[] = [];
  const { data } = await decodeImage(bytes, { samples, onNote: (note) => notes.push(note) });
  const colours = Array.from({ length: data.length / 4 }, (_, i) => [...data.subarray(4 * i, 4 * i + 3)]);
  return { colours, notes };
}

Deno.test("decodeImage() makes sRGB of Adobe RGB and Display P3, as their standards say", async () => {
  for (
    const [profile, standard] of [
      [ADOBE_RGB, { curve: (v: number) => v ** (563 / 256), toXyz: ADOBE_TO_XYZ }],
      [DISPLAY_P3, { curve: decodeSrgb, toXyz: P3_TO_XYZ }],
    ] as const
  ) {
    const { colours, notes } = await read(png(profile));
    deepStrictEqual(notes, []);
    for (const [i, colour] of COLOURS.entries()) {
      const right = expected(colour, standard);
      // Published colorants have five digits: near black, where the curve is steep, that is a level.
      for (let c = 0; c < 3; c++) {
        ok(Math.abs(colours[i][c] - right[c]) <= 1, `${colour} → ${colours[i]}, not ${right}`);
      }
    }
    deepStrictEqual((await read(png(profile), "stored")).colours, COLOURS);
  }
  // 1.055 · (128 / 255) ^ (2.19921875 / 2.4) − 0.055 is 0.5061…, and pure green lies beyond sRGB.
  const { colours } = await read(png(ADOBE_RGB));
  const at = (r: number, g: number, b: number) =>
    colours[COLOURS.findIndex((c) => c.join() === [r, g, b].join())];
  deepStrictEqual([at(128, 128, 128), at(0, 255, 0), at(255, 255, 255), at(0, 0, 0)], [
    ...[[129, 129, 129], [0, 255, 0], [255, 255, 255], [0, 0, 0]],
  ]);
});

Deno.test("decodeImage() leaves sRGB as it is, to the last bit, by profile and by chunk", async () => {
  deepStrictEqual(await read(png(SRGB)), { colours: COLOURS, notes: [] });
  deepStrictEqual(await read(png(ADOBE_RGB, { sRGB: [0] })), { colours: COLOURS, notes: [] });
});

Deno.test("decodeImage() finds the profile of JPEG in parts, TIFF, WebP and PNG, and keeps alpha", async () => {
  const file = fixture("rgb_444.jpg");
  const part = (number: number, content: Uint8Array) => {
    const length = 16 + content.length;
    const head = [
      0xff,
      0xe2,
      length >> 8,
      length & 255,
      ...new TextEncoder().encode("ICC_PROFILE\0"),
      number,
      2,
    ];
    return Uint8Array.from([...head, ...content]);
  };
  const parts = [part(2, ADOBE_RGB.subarray(300)), part(1, ADOBE_RGB.subarray(0, 300))];
  const withParts = (...parts: readonly Uint8Array[]) =>
    Uint8Array.from([...file.subarray(0, 2), ...parts.flatMap((part) => [...part]), ...file.subarray(2)]);
  const standard = { curve: (v: number) => v ** (563 / 256), toXyz: ADOBE_TO_XYZ };
  const plain = await read(file), converted = await read(withParts(...parts));
  for (const [i, colour] of plain.colours.entries()) {
    const right = expected(colour, standard);
    for (let c = 0; c < 3; c++) ok(Math.abs(converted.colours[i][c] - right[c]) <= 1);
  }
  // Without all its parts it is none.
  deepStrictEqual((await read(withParts(parts[0]))).colours, plain.colours);

  const lossless = fixture("rgb_lossless.webp");
  const chunk = (type: string, content: Uint8Array) => {
    const size = Uint8Array.of(content.length & 255, content.length >> 8, 0, 0);
    return [
      ...new TextEncoder().encode(type),
      ...size,
      ...content,
      ...Array<number>(content.length % 2).fill(0),
    ];
  };
  const extended = chunk("VP8X", Uint8Array.of(0x20, 0, 0, 0, 36, 0, 0, 22, 0, 0));
  const chunks = [...extended, ...chunk("ICCP", ADOBE_RGB), ...lossless.subarray(12)];
  const webp = Uint8Array.from([...lossless.subarray(0, 12), ...chunks]);
  new DataView(webp.buffer).setUint32(4, webp.length - 8, true);
  const [before, after] = [await read(lossless), await read(webp)];
  for (const [i, colour] of before.colours.entries()) {
    const right = expected(colour, standard);
    for (let c = 0; c < 3; c++) ok(Math.abs(after.colours[i][c] - right[c]) <= 1);
  }

  const pixel = [10, 200, 30];
  const right = (await read(
    writePng({
      width: 1,
      height: 1,
      depth: 8,
      colour: 2,
      sample: (_, __, c) => pixel[c],
      chunks: { iCCP: iccp(ADOBE_RGB) },
    }),
  ))
    .colours[0];
  const tiff = plainPage({
    ...{ width: 1, height: 1, depth: 8, photometric: 2, samples: [...pixel, 77] },
    more: [[338, 3, [2]], [34675, 7, [...ADOBE_RGB]]],
  });
  const { data } = await decodeImage(writeTiff([tiff]));
  deepStrictEqual([...data], [...right, 77]);
});

Deno.test("decodeImage() applies curves of every kind, and those of grey", async () => {
  const levels = [0, 3, 90, 255];
  const grey = async (curve: Parameters<typeof writeIccProfile>[0]["curve"]) => {
    const profile = writeIccProfile({ space: "GRAY", name: "grey", curve });
    const file = writePng({
      ...{ width: levels.length, height: 1, depth: 8, colour: 0 },
      sample: (x) => levels[x],
      chunks: { iCCP: iccp(profile) },
    });
    return (await read(file)).colours.map(([value]) => value);
  };
  const of = (curve: (v: number) => number) =>
    levels.map((v) => Math.round(255 * encodeSrgb(Math.min(1, Math.max(0, curve(v / 255))))));
  deepStrictEqual(await grey(gamma(1)), of((v) => v));
  deepStrictEqual(await grey({ type: "curv", content: [0, 0, 0, 0] }), of((v) => v));
  // Between two entries of a table there is a straight line.
  deepStrictEqual(await grey(table([0, 13107, 65535])), of((v) => v < 0.5 ? 0.4 * v : 0.2 + 1.6 * (v - 0.5)));
  deepStrictEqual(await grey(parametric(0, [1.5])), of((v) => v ** 1.5));
  deepStrictEqual(await grey(parametric(1, [2, 2, -0.5])), of((v) => v >= 0.25 ? (2 * v - 0.5) ** 2 : 0));
  deepStrictEqual(
    await grey(parametric(2, [2, 1, -0.25, 0.125])),
    of((v) => v >= 0.25 ? (v - 0.25) ** 2 + 0.125 : 0.125),
  );
  deepStrictEqual(
    await grey(parametric(4, [2, 1, 0, 0.5, 0.25, 0.125, 0.0625])),
    of((v) => v >= 0.25 ? v * v + 0.125 : 0.5 * v + 0.0625),
  );
});

Deno.test("decodeImage() says which profile it does not apply", async () => {
  const note = (name: string) =>
    `Its colour profile${name} is not of three curves and a matrix and was not applied: its colours may be off.`;
  const press = writeIccProfile({ space: "CMYK", name: "Coated FOGRA39" });
  deepStrictEqual(await read(png(press)), { colours: COLOURS, notes: [note(' "Coated FOGRA39"')] });
  const bare = writeIccProfile({ space: "RGB ", name: "" });
  deepStrictEqual((await read(png(bare))).notes, [note("")]);
  const damaged = "Its colour profile is damaged and was not applied.";
  deepStrictEqual((await read(png(ADOBE_RGB.subarray(0, 200)))).notes, [damaged]);
  deepStrictEqual((await read(png(new Uint8Array(500)))).notes, [damaged]);
});
