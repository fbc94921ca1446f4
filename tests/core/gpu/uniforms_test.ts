import assert from "node:assert/strict";
import { defineKernel, type Kernel } from "../../../core/gpu/kernel.ts";
import { readUniformStruct, type UniformValues } from "../../../core/gpu/uniforms.ts";
import { sharedCompute } from "../testing.ts";

const shared = sharedCompute();

/** A kernel that writes the values of these expressions. */
function kernelThatWrites(struct: string, values: readonly string[]): Kernel {
  return defineKernel(
    "params_test",
    `${struct}
     ${struct.includes("struct Params") ? "@group(0) @binding(1) var<uniform> params: Params;" : ""}
     @group(0) @binding(2) var<storage, read_write> values: array<f32>;
     @compute @workgroup_size(1) fn main() {
       ${values.map((value, i) => `values[${i}u - band.output_base] = f32(${value});`).join("\n")}
     }`,
  );
}

async function valuesOf(kernel: Kernel, count: number, params?: UniformValues): Promise<number[]> {
  const compute = await shared();
  using output = compute.create({ width: count, height: 1, channels: 1 });
  compute.run({ kernel, inputs: [], output, params, invocations: () => [1, 1, 1] });
  return [...await output.read()];
}

const MIXED = `
// struct Params { other: u32 } is what a comment may say.
struct Params {
  ratio: f32,   // a number, of no unit; not u32
  count: u32,
  /* shift: u32, */
  shift: i32,
  last: f32  // no comma after it
}`;
const mixed = kernelThatWrites(MIXED, ["params.ratio", "params.count", "params.shift", "params.last"]);

Deno.test("Compute.run() takes parameters by name, in any order, of mixed types, negative ones, too", async () => {
  const values = { ratio: 0.5, count: 3, shift: -7, last: -1.25 };
  const reversed = Object.fromEntries(Object.entries(values).reverse());
  assert.deepEqual(await valuesOf(mixed, 4, values), [0.5, 3, -7, -1.25]);
  assert.deepEqual(await valuesOf(mixed, 4, reversed), [0.5, 3, -7, -1.25]);
});

Deno.test("Compute.run() puts numbers and vectors where WGSL looks for them", async () => {
  const kernel = kernelThatWrites(
    "struct Params { a: u32, b: vec2<i32>, c: f32, d: vec3f, e: i32, f: vec4<u32>, g: u32 }",
    // deno-fmt-ignore
    [
      "params.a", "params.b.x", "params.b.y", "params.c", "params.d.x", "params.d.y", "params.d.z", "params.e",
      "params.f.x", "params.f.y", "params.f.z", "params.f.w", "params.g",
    ],
  );
  assert.deepEqual(kernel.params.fields.map(({ word }) => word), [0, 2, 4, 8, 11, 12, 16]);
  const params = { g: 13, f: [9, 10, 11, 12], e: -8, d: [5, 6, 7.5], c: 4, b: [-2, 3], a: 1 };
  assert.deepEqual(await valuesOf(kernel, 13, params), [1, -2, 3, 4, 5, 6, 7.5, -8, 9, 10, 11, 12, 13]);
});

Deno.test("Compute.run() takes the largest values of the types and any float", async () => {
  const kernel = kernelThatWrites("struct Params { u: u32, i: i32, f: f32 }", [
    "params.u == 4294967295u",
    "params.i == i32(-2147483648)",
    "params.f > 3e38",
  ]);
  assert.deepEqual(await valuesOf(kernel, 3, { u: 2 ** 32 - 1, i: -(2 ** 31), f: 3.2e38 }), [1, 1, 1]);
});

Deno.test("Compute.run() runs a kernel without parameters, and takes none for it", async () => {
  const kernel = kernelThatWrites("", ["2.0"]);
  assert.deepEqual(await valuesOf(kernel, 1), [2]);
  await assert.rejects(valuesOf(kernel, 1, { width: 1 }), {
    name: "TypeError",
    message: "Cannot run kernel params_test: it has no parameter width; none is wanted.",
  });
});

Deno.test("Compute.run() names the parameters that are missing or wrong", async () => {
  const right = { ratio: 0.5, count: 3, shift: -7, last: 1 };
  const { ratio: _, ...withoutOne } = right;
  const { count: __, ...withoutTwo } = withoutOne;
  const rejected = async (params: UniformValues, name: string, reason: string) =>
    await assert.rejects(valuesOf(mixed, 4, params), {
      name,
      message: `Cannot run kernel params_test: ${reason}.`,
    });
  const wanted = "ratio, count, shift, last are wanted";

  await rejected(withoutOne, "TypeError", "its parameter ratio is missing");
  await rejected(withoutTwo, "TypeError", "its parameter ratio, count are missing");
  await rejected({}, "TypeError", "its parameter ratio, count, shift, last are missing");
  await rejected({ ...right, widht: 1 }, "TypeError", `it has no parameter widht; ${wanted}`);
  await rejected({ ...withoutOne, raito: 1 }, "TypeError", `it has no parameter raito; ${wanted}`);
  await rejected(
    { ...right, ratio: [1, 2] },
    "TypeError",
    "its parameter ratio is [1,2], a number is wanted",
  );
  for (const count of [-1, 1.5, NaN, 2 ** 32]) {
    await rejected(
      { ...right, count },
      "RangeError",
      `its parameter count is ${count}, an integer from 0 to 4294967295 is wanted`,
    );
  }
  for (const shift of [-(2 ** 31) - 1, 0.5, Infinity, 2 ** 31]) {
    await rejected(
      { ...right, shift },
      "RangeError",
      `its parameter shift is ${shift}, an integer from -2147483648 to 2147483647 is wanted`,
    );
  }
  const vector = kernelThatWrites("struct Params { size: vec2u }", ["params.size.x"]);
  for (const size of [3, [3], [1, 2, 3]]) {
    await assert.rejects(valuesOf(vector, 1, { size }), /2 numbers are wanted/);
  }
  // What was refused leaves nothing behind.
  assert.deepEqual(await valuesOf(mixed, 4, right), [0.5, 3, -7, 1]);
});

Deno.test("readUniformStruct() refuses fields that are no numbers, and more than a slot holds", () => {
  for (const field of ["a: array<f32, 4>", "a: mat2x2f", "@align(16) a: u32", "a: bool", "a: vec5u"]) {
    assert.throws(() => readUniformStruct("x", `struct Params { ${field}, b: u32 }`, "Params"), TypeError);
  }
  const fields = (count: number) => Array.from({ length: count }, (_, i) => `f${i}: vec4f`).join(", ");
  assert.equal(readUniformStruct("x", `struct Params { ${fields(16)} }`, "Params").fields.length, 16);
  assert.throws(() => readUniformStruct("x", `struct Params { ${fields(17)} }`, "Params"), RangeError);
});
