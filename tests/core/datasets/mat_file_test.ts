import assert from "node:assert/strict";
import { readCfdTruth } from "../../../core/datasets/cfd.ts";
import { type MatValue, readMatFile } from "../../../core/datasets/mat_file.ts";
import { writeMat } from "../../oracles/mat_writer.ts";

/**
 * Written by SciPy 1.17.1, `savemat(…, do_compression=True)`: groundTruth with Segmentation [1 2 1 1 1; 1 2 3 1 1; 1 4 1 1 2], uint8, and
 * Boundaries, double.
 */
const SCIPY = Uint8Array.fromBase64(
  "TUFUTEFCIDUuMCBNQVQtZmlsZSwgd3JpdHRlbiBieSBTY2lQeSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg" +
    "ICAgICAgICAgICAgICAgICAgICAgICAgICAAAAAAAAAAAAABSU0PAAAAhAAAAHic42NgYEhgZGBgA9IcQMzEAAGsUD4jEuYG4vSi/NK8lJCi0pIMqDoWBl6o" +
    "vBQQB6em56bmlSSWZObnMTiB1CYWZaYWM8AAHxA7MCDs40SzjxnKZoSKg9zDD+IzMjIxsTAyM4IBE9icFUjmsBEwB2RPBQMh8MEeO40uTyr4YA8A2QYWWw==",
);

function numbers(value: MatValue | undefined): { size: readonly number[]; data: number[] } {
  assert.ok(value?.kind === "numbers");
  return { size: value.size, data: Array.from(value.data) };
}

Deno.test("readMatFile() reads what SciPy wrote", () => {
  const truth = readMatFile(SCIPY).get("groundTruth");
  assert.ok(truth?.kind === "struct");
  assert.deepEqual([...truth.fields.keys()], ["Segmentation", "Boundaries"]);
  assert.deepEqual(numbers(truth.fields.get("Segmentation")?.[0]), {
    size: [3, 5],
    data: [1, 1, 1, 2, 2, 4, 1, 3, 1, 1, 1, 1, 1, 1, 2],
  });
  assert.deepEqual(
    numbers(truth.fields.get("Boundaries")?.[0]).data,
    [0, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1],
  );
});

for (const littleEndian of [true, false]) {
  for (const compressed of [true, false]) {
    const form = `${littleEndian ? "little" : "big"}-endian${compressed ? ", compressed" : ""}`;
    Deno.test(`readMatFile() reads structs in structs and several variables: ${form}`, () => {
      const file = writeMat({ a: [[1, 2, 3], [4, 5, 6]], s: { inner: { x: [[7]] } } }, {
        littleEndian,
        compressed,
      });
      const variables = readMatFile(file);
      assert.deepEqual(numbers(variables.get("a")), { size: [2, 3], data: [1, 4, 2, 5, 3, 6] });
      const s = variables.get("s");
      assert.ok(s?.kind === "struct");
      const inner = s.fields.get("inner")?.[0];
      assert.ok(inner?.kind === "struct");
      assert.deepEqual(numbers(inner.fields.get("x")?.[0]), { size: [1, 1], data: [7] });
    });
  }
}

Deno.test("readMatFile() reports every damage as a SyntaxError, or reads on", () => {
  const plain = writeMat({ groundTruth: { Segmentation: [[1, 2], [3, 4]] } });
  for (const whole of [SCIPY, plain]) {
    for (let length = 129; length < whole.length; length++) {
      assert.throws(() => readMatFile(whole.subarray(0, length)), SyntaxError, `cut to ${length}`);
    }
    for (let at = 128; at < whole.length; at++) {
      for (const bit of [1, 128]) {
        const damaged = Uint8Array.from(whole);
        damaged[at] ^= bit;
        try {
          readMatFile(damaged);
        } catch (error) {
          assert.ok(error instanceof SyntaxError, `byte ${at}: ${error}`);
          assert.match(error.message, /^Cannot read the MAT file: .+\.$/);
        }
      }
    }
  }
});

Deno.test("readMatFile() says of other kinds of files what is wanted", () => {
  const hdf = new TextEncoder().encode("MATLAB 7.3 MAT-file, Platform: GLNXA64".padEnd(200));
  assert.throws(() => readMatFile(hdf), {
    name: "TypeError",
    message: /version 7\.3 .* save it again with the option -v7\.$/,
  });
  assert.throws(() => readMatFile(new Uint8Array(300)), { name: "TypeError", message: /not the header/ });
  assert.throws(() => readMatFile(new Uint8Array(0)), TypeError);
});

Deno.test("readCfdTruth() takes regions 2 and 4 for crack, 1 and 3 for background, row by row", () => {
  const { width, height, data } = readCfdTruth(SCIPY);
  assert.deepEqual([width, height], [5, 3]);
  assert.deepEqual([...data], [0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1]);
});

Deno.test("readCfdTruth() says what a file without the field holds, and which value is none", () => {
  const truth = (variables: Parameters<typeof writeMat>[0]) => () => readCfdTruth(writeMat(variables));
  assert.throws(
    truth({ mask: [[1]] }),
    /holds the variables mask where groundTruth\.Segmentation is wanted\.$/,
  );
  assert.throws(
    truth({ groundTruth: { Boundaries: [[1]] } }),
    /holds groundTruth with the fields Boundaries where/,
  );
  assert.throws(truth({ groundTruth: { Segmentation: { a: [[1]] } } }), /is not a matrix of numbers\.$/);
  assert.throws(
    truth({ groundTruth: { Segmentation: [[1, 0]] } }),
    /holds 0 where 1, 2, 3 or 4 is wanted\.$/,
  );
});

Deno.test("readMatFile() reads the one variable that is wanted, the first of its name", () => {
  for (const compressed of [false, true]) {
    const parts = [
      writeMat({ other: [[9, 9, 9]], wanted: [[1, 2]] }, { compressed }),
      writeMat({ wanted: [[3, 4]] }, { compressed }).subarray(128),
    ];
    const file = Uint8Array.from(parts.flatMap((part) => [...part]));
    const variables = readMatFile(file, { only: "wanted" });
    assert.deepEqual(variables.get("other"), { kind: "other" });
    assert.deepEqual(numbers(variables.get("wanted")), { size: [1, 2], data: [1, 2] });
  }
});

Deno.test("readMatFile() refuses more values, fields and axes than a truth has", () => {
  const word = (value: number) => [value & 255, value >>> 8 & 255, value >>> 16 & 255, value >>> 24];
  const element = (code: number, content: readonly number[]) => [
    ...word(code),
    ...word(content.length),
    ...content,
    ...Array<number>((8 - content.length % 8) % 8).fill(0),
  ];
  const struct = ({ size, names, length }: { size: number[]; names: number; length: number }) =>
    Uint8Array.from([
      ...writeMat({}),
      ...element(14, [
        ...element(6, [...word(2), ...word(0)]),
        ...element(5, size.flatMap(word)),
        ...element(1, [0x73]),
        ...element(5, word(length)),
        ...element(1, Array<number>(names * length).fill(0x61)),
      ]),
    ]);
  const refused = (message: RegExp, claim: Parameters<typeof struct>[0]) =>
    assert.throws(() => readMatFile(struct(claim)), { name: "SyntaxError", message });
  refused(/structs have more than 65536 values\.$/, { size: [70_000, 1], names: 1, length: 32 });
  refused(/a struct has 5000 fields with names of 1 characters\.$/, { size: [0, 0], names: 5000, length: 1 });
  refused(/a variable has 40 axes\.$/, { size: Array<number>(40).fill(1), names: 1, length: 32 });
});
