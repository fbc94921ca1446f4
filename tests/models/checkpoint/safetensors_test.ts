import assert from "node:assert/strict";
import {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
} from "../../../models/checkpoint/safetensors.ts";
import { seeded } from "../../core/testing.ts";

/** A file of a header and so many bytes of values. */
function file(header: unknown, values: Uint8Array | number = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const data = typeof values === "number" ? new Uint8Array(values) : values;
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const entry = (dtype: string, shape: unknown, offsets: unknown) => ({ dtype, shape, data_offsets: offsets });

Deno.test("encodeSafetensors() and decodeSafetensors() keep every dtype, shape and text", () => {
  const tensors = new Map<string, StoredTensor>([
    ["bytes", { dtype: "U8", shape: [3], data: Uint8Array.of(0, 128, 255) }],
    ["signed", { dtype: "I8", shape: [1, 2], data: Int8Array.of(-128, 127) }],
    ["half", { dtype: "F16", shape: [2, 2], data: Float32Array.of(0.5, -2, 65504, 2 ** -24) }],
    ["single", { dtype: "F32", shape: [], data: Float32Array.of(Math.PI) }],
    ["double", { dtype: "F64", shape: [1], data: Float64Array.of(Math.E) }],
    ["long", { dtype: "I64", shape: [1], data: BigInt64Array.of(-5n) }],
    ["int", { dtype: "I32", shape: [2], data: Int32Array.of(7, -8) }],
    ["empty", { dtype: "F32", shape: [0, 4], data: new Float32Array(0) }],
    ["__proto__", { dtype: "F32", shape: [1], data: Float32Array.of(1) }],
    ["é/漢", { dtype: "F32", shape: [1], data: Float32Array.of(-0) }],
  ]);
  const metadata = { note: "two\nlines, “quoted”", empty: "" };
  const read = decodeSafetensors(encodeSafetensors({ tensors, metadata }));
  assert.deepEqual({ ...read.metadata }, metadata);
  assert.deepEqual(new Map([...read.tensors].sort()), new Map([...tensors].sort()));
});

Deno.test("encodeSafetensors() aligns the header and every tensor", () => {
  const bytes = encodeSafetensors({
    tensors: new Map<string, StoredTensor>([
      ["odd", { dtype: "U8", shape: [3], data: new Uint8Array(3) }],
      ["wide", { dtype: "F32", shape: [2], data: new Float32Array(2) }],
    ]),
    metadata: {},
  });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal(length % 8, 0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  assert.deepEqual(header.wide.data_offsets, [0, 8]);
  assert.deepEqual(header.odd.data_offsets, [8, 11]);
});

Deno.test("encodeSafetensors() rounds to halves, ties to even", () => {
  const data = Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, 65520, 2 ** -25, -(2 ** -24));
  const tensors = new Map<string, StoredTensor>([["x", { dtype: "F16", shape: [5], data }]]);
  const read = decodeSafetensors(encodeSafetensors({ tensors, metadata: {} })).tensors.get("x");
  assert.deepEqual([...read!.data], [1, 1 + 2 ** -9, Infinity, 0, -(2 ** -24)]);
});

Deno.test("encodeSafetensors() refuses tensors that do not fit themselves", () => {
  const write = (name: string, tensor: StoredTensor) =>
    encodeSafetensors({ tensors: new Map([[name, tensor]]), metadata: {} });
  assert.throws(() => write("x", { dtype: "F32", shape: [2, 2], data: new Float32Array(3) }), {
    name: "RangeError",
    message: 'Cannot write the tensor "x": it has 3 values, 4 are wanted for [2,2].',
  });
  assert.throws(() => write("x", { dtype: "I8", shape: [3], data: new Float32Array(3) }), {
    name: "TypeError",
    message: /Float32Array, Int8Array is wanted/,
  });
  assert.throws(() => write("x", { dtype: "BF16", shape: [3], data: new Float32Array(3) }), TypeError);
  assert.throws(
    () => write("__metadata__", { dtype: "U8", shape: [0], data: new Uint8Array(0) }),
    RangeError,
  );
});

Deno.test("decodeSafetensors() reads BF16 as the upper half of a float32", () => {
  const values = new Uint8Array(Uint16Array.of(0x3f80, 0xc049, 0x7f80).buffer);
  const { tensors } = decodeSafetensors(file({ x: entry("BF16", [3], [0, 6]) }, values));
  assert.deepEqual([...tensors.get("x")!.data], [1, -3.140625, Infinity]);
});

Deno.test("decodeSafetensors() reads a file inside a larger buffer at an odd place", () => {
  const inner = file({ x: entry("F32", [1], [0, 4]) }, new Uint8Array(Float32Array.of(1.5).buffer));
  const outer = new Uint8Array(inner.length + 10);
  outer.set(inner, 3);
  const { tensors, metadata } = decodeSafetensors(outer.subarray(3, 3 + inner.length));
  assert.deepEqual([...tensors.get("x")!.data], [1.5]);
  assert.deepEqual(metadata, {});
});

const HOSTILE: [why: string, bytes: Uint8Array, message: RegExp][] = [
  ["an empty file", new Uint8Array(0), /cut short, 0 bytes/],
  ["seven bytes", new Uint8Array(7), /cut short/],
  ["a huge header length", new Uint8Array(20).fill(255), /claims 18446744073709551615 bytes/],
  ["a header beyond the end", file("{}").subarray(0, 9), /claims 2 of 1 bytes/],
  ["a header that is no JSON", file("{x"), /not JSON/],
  ["a header in broken UTF-8", (() => file("{}      ").fill(0xff, 12, 13))(), /not JSON in UTF-8/],
  ["a header that is a list", file([]), /no JSON object/],
  ["a header that is null", file("null"), /no JSON object/],
  ["metadata of numbers", file({ __metadata__: { a: 1 } }), /__metadata__/],
  ["metadata that is a list", file({ __metadata__: ["a"] }), /__metadata__/],
  ["an entry that is null", file({ x: null }), /entry "x"/],
  ["a name of many lines", file({ ["\n".repeat(999)]: null }), /entry "(\\n){60}…"/],
  ["a shape of fractions", file({ x: entry("U8", [0.5], [0, 0]) }), /shape of "x"/],
  ["a negative shape", file({ x: entry("U8", [-1, -4], [0, 4]) }, 4), /shape of "x"/],
  ["no shape", file({ x: { dtype: "U8", data_offsets: [0, 0] } }), /shape of "x"/],
  ["a shape past any memory", file({ x: entry("U8", [2 ** 52, 2 ** 52], [0, 4]) }, 4), /are wanted/],
  ["one offset", file({ x: entry("U8", [1], [0]) }, 1), /offsets of "x"/],
  ["negative offsets", file({ x: entry("U8", [1], [-1, 0]) }, 1), /offsets of "x"/],
  ["offsets the wrong way", file({ x: entry("U8", [1], [1, 0]) }, 1), /spans bytes 1 to 0/],
  ["offsets of another size", file({ x: entry("F32", [1], [0, 3]) }, 3), /4 bytes are wanted/],
  ["cut values", file({ x: entry("U8", [5], [0, 5]) }, 4), /cut short, 4 bytes of values of 5/],
  ["values after the last tensor", file({ x: entry("U8", [4], [0, 4]) }, 5), /1 bytes follow/],
  [
    "overlapping tensors",
    file({ x: entry("U8", [4], [0, 4]), y: entry("U8", [4], [2, 6]) }, 6),
    /"y" overlaps/,
  ],
  ["a gap", file({ x: entry("U8", [2], [0, 2]), y: entry("U8", [2], [4, 6]) }, 6), /covers its bytes 2 to 4/],
  [
    "a name given twice",
    file(
      `{"x":${JSON.stringify(entry("U8", [1], [0, 1]))},"x":${JSON.stringify(entry("U8", [1], [1, 2]))}}`,
      2,
    ),
    /covers its bytes 0 to 1/,
  ],
];

for (const [why, bytes, message] of HOSTILE) {
  Deno.test(`decodeSafetensors() refuses ${why} in one sentence`, () => {
    assert.throws(() => decodeSafetensors(bytes), { name: "SyntaxError", message });
    assert.throws(() => decodeSafetensors(bytes), {
      message: /^Cannot read the safetensors file: [^\n]*\.$/,
    });
  });
}

const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

const OTHERS: [what: string, start: string, message: RegExp][] = [
  ["an HTML page", "\n<!DOCTYPE html><html>Sign in</html>", /it is an HTML page; download the file itself/],
  ["an LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n", /git lfs pull/],
  [
    "PyTorch's archive",
    "PK\x03\x04\x00\x00\x08\x08unet/data.pkl",
    /is a PyTorch file.*safetensors\.torch\.save_file/,
  ],
  ["PyTorch's pickle", "\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19", /is a PyTorch file/],
  ["Keras' archive", "PK\x03\x04\x14\x00\x00\x00metadata.json", /is a Keras file.*save_weights/],
  ["another archive", "PK\x03\x04\x14\x00\x00\x00photo.jpg", /is a ZIP archive; unpack it first/],
  ["an ONNX model", "\x08\x08\x12\x07pytorch\x1a\x05", /is an ONNX model/],
  ["HDF5", "\x89HDF\r\n\x1a\n\x00\x00", /is an HDF5 file, as Keras writes; begin a training with --start/],
  ["a tfjs model", '{"format": "layers-model"}', /is text in JSON; .*model\.json/],
];

for (const [what, start, message] of OTHERS) {
  Deno.test(`decodeSafetensors() calls ${what} what it is, and says what to do`, () => {
    assert.throws(() => decodeSafetensors(latin1(start)), { name: "SyntaxError", message });
    assert.throws(() => decodeSafetensors(latin1(start)), {
      message: /^Cannot read the safetensors file: it is [^\n]*\.$/,
    });
  });
}

Deno.test("decodeSafetensors() refuses an unknown dtype and names the known ones", () => {
  for (const dtype of ["F8_E4M3", "toString", ""]) {
    assert.throws(() => decodeSafetensors(file({ x: entry(dtype, [1], [0, 1]) }, 1)), {
      name: "TypeError",
      message: /"x" has the dtype ".*", one of F64, F32, F16, BF16, I64, I32, I8, U8 is wanted\.$/,
    });
  }
});

Deno.test("decodeSafetensors() reads or refuses every file with changed bytes, never anything else", () => {
  const tensors = new Map<string, StoredTensor>([
    ["a", { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) }],
    ["b", { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) }],
  ]);
  const good = encodeSafetensors({ tensors, metadata: { k: "v" } });
  const random = seeded(21);
  let refused = 0;
  for (let trial = 0; trial < 2000; trial++) {
    const bad = good.slice(0, random() < 0.2 ? Math.floor(random() * good.length) : good.length);
    for (let change = 0; change < 2; change++) {
      bad[Math.floor(random() * bad.length)] = Math.floor(random() * 256);
    }
    try {
      decodeSafetensors(bad);
    } catch (error) {
      refused++;
      assert.ok(error instanceof SyntaxError || error instanceof TypeError, String(error));
      assert.match(error.message, /^Cannot read the safetensors file: /);
    }
  }
  assert.ok(refused > 1000);
});
