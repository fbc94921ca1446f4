import assert from "node:assert/strict";
import { splitIntoBands } from "../../../core/gpu/bands.ts";
import { defineKernel } from "../../../core/gpu/kernel.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { grayscale } from "../../../core/kernels/grayscale.ts";
import { sharedCompute, testImage } from "../testing.ts";

const shared = sharedCompute();

Deno.test("openCompute() names the adapter and takes its own limits", async () => {
  const compute = await shared();
  assert.ok(compute.description.length > 0);
  const adapter = await navigator.gpu.requestAdapter();
  assert.equal(compute.device.limits.maxBufferSize, adapter!.limits.maxBufferSize);
});

Deno.test("openCompute() names the Debian package where there is no adapter", async () => {
  const original = Object.getOwnPropertyDescriptor(navigator, "gpu");
  Object.defineProperty(navigator, "gpu", {
    configurable: true,
    value: { requestAdapter: () => Promise.resolve(null) },
  });
  try {
    await assert.rejects(openCompute(), /mesa-vulkan-drivers/);
  } finally {
    if (original) Object.defineProperty(navigator, "gpu", original);
    else Reflect.deleteProperty(navigator, "gpu");
  }
});

Deno.test("openCompute() takes a GPU that is offered second before software that is offered first", async () => {
  const real = await navigator.gpu.requestAdapter();
  const named = (description: string, isFallbackAdapter: boolean): object => ({
    info: { description, isFallbackAdapter },
    limits: real!.limits,
    features: real!.features,
    requestDevice: (descriptor: GPUDeviceDescriptor) => real!.requestDevice(descriptor),
  });
  const original = Object.getOwnPropertyDescriptor(navigator, "gpu");
  const requestAdapter = ({ powerPreference }: GPURequestAdapterOptions): Promise<object> =>
    Promise.resolve(powerPreference === "low-power" ? named("Graphics 620", false) : named("llvmpipe", true));
  Object.defineProperty(navigator, "gpu", { configurable: true, value: { requestAdapter } });
  try {
    using compute = await openCompute();
    assert.equal(compute.description, "Graphics 620");
    assert.equal(compute.software, false);
  } finally {
    if (original) Object.defineProperty(navigator, "gpu", original);
    else Reflect.deleteProperty(navigator, "gpu");
  }
});

Deno.test("Compute.upload() takes bytes and floats and reads back the same values", async () => {
  const compute = await shared();
  const { data } = testImage(33, 17, 3, "random");
  for (
    const values of [data, Uint8Array.from(data), new Float32Array(new SharedArrayBuffer(data.length * 4))]
  ) {
    using plane = compute.upload({ width: 33, height: 17, channels: 3, data: values });
    assert.deepEqual(await plane.read(), Float32Array.from(values));
  }
});

Deno.test("Compute.upload() refuses data of another length and sides that are no positive integers", async () => {
  const compute = await shared();
  const data = new Uint8Array(5);
  assert.throws(() => compute.upload({ width: 2, height: 3, channels: 1, data }), /5 values, 6 are wanted/);
  for (const width of [0, -1, 1.5, NaN]) {
    assert.throws(() => compute.upload({ width, height: 5, channels: 1, data }), RangeError);
  }
  assert.throws(() => compute.create({ width: 60000, height: 60000, channels: 3 }), /smaller tiles/);
});

Deno.test("Compute.upload() does not overtake a recorded kernel that still reads the buffer", async () => {
  const compute = await shared();
  const first = compute.upload({
    width: 64,
    height: 64,
    channels: 3,
    data: new Uint8Array(64 * 64 * 3).fill(100),
  });
  using grey = grayscale(first, { weights: [1, 0, 0] });
  first.dispose();
  using second = compute.upload({
    width: 64,
    height: 64,
    channels: 3,
    data: new Uint8Array(64 * 64 * 3).fill(7),
  });
  assert.equal((await grey.read())[0], 100);
  assert.equal((await second.read())[0], 7);
});

Deno.test("Compute.adopt() gives a buffer back once the recorded kernels that read it are submitted", async () => {
  const compute = await shared();
  using grey = compute.upload({ width: 2, height: 1, channels: 3, data: new Float32Array(6).fill(50) });
  const owned = compute.device.createBuffer({
    size: 24,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  let released = 0;
  const adopted = compute.adopt(owned, grey, () => {
    released++;
    compute.device.queue.writeBuffer(owned, 0, new Float32Array(6));
  });
  compute.copy(grey, adopted);
  using read = grayscale(adopted);
  adopted.dispose();
  adopted.dispose();
  assert.equal(released, 1);
  assert.deepEqual((await read.read()).map(Math.round), new Float32Array([50, 50]));
  owned.destroy();
});

Deno.test("Compute.create() gives zeros in a used buffer when asked", async () => {
  const compute = await shared();
  compute.upload({ width: 5, height: 5, channels: 1, data: new Uint8Array(25).fill(9) }).dispose();
  using plane = compute.create({ width: 5, height: 5, channels: 1 }, { zero: true });
  assert.deepEqual(await plane.read(), new Float32Array(25));
});

Deno.test("Compute.read() gives several planes in one readback, again and again", async () => {
  const compute = await shared();
  using a = compute.upload({ width: 3, height: 1, channels: 1, data: new Uint8Array([1, 2, 3]) });
  using b = compute.upload({ width: 1, height: 2, channels: 1, data: new Uint8Array([4, 5]) });
  for (let i = 0; i < 20; i++) {
    const read = await Promise.all([compute.read([a, b]), compute.read([b])]);
    assert.deepEqual(read.flat().map((values) => [...values]), [[1, 2, 3], [4, 5], [4, 5]]);
  }
});

Deno.test("Compute.run() submits in time when more kernels are recorded than uniforms fit", async () => {
  const compute = await shared();
  using plane = compute.upload({ width: 2, height: 2, channels: 3, data: new Uint8Array(12).fill(50) });
  for (let i = 0; i < 1500; i++) grayscale(plane).dispose();
  using last = grayscale(plane, { weights: [0, 0, 2] });
  assert.equal((await last.read())[3], 100);
});

Deno.test("Plane.buffer throws after dispose() instead of showing another plane's pixels", async () => {
  const compute = await shared();
  const plane = compute.create({ width: 4, height: 4, channels: 3 });
  plane.dispose();
  plane.dispose();
  assert.throws(() => grayscale(plane), TypeError);
});

Deno.test("Compute keeps no more free buffers than planes were alive at once", async () => {
  using compute = await openCompute();
  for (let i = 0; i < 50; i++) compute.create({ width: 256, height: 256, channels: 1 }).dispose();
  assert.equal(compute.pooledBytes, 256 * 256 * 4);
});

Deno.test("Compute.read() reports a shader that does not compile as one sentence", async () => {
  using compute = await openCompute();
  const kernel = defineKernel("broken", "@compute @workgroup_size(1) fn main() { let x: u32 = 1.5; }");
  using output = compute.create({ width: 1, height: 1, channels: 1 });
  await assert.rejects(
    async () => {
      compute.run({ kernel, inputs: [], output });
      await output.read();
    },
    (error: Error) => error.message.startsWith("Cannot ") && !error.message.includes("\n"),
  );
  // The failure was reported; the device goes on.
  using plane = compute.upload({ width: 1, height: 1, channels: 1, data: new Uint8Array([3]) });
  assert.deepEqual([...await plane.read()], [3]);
});

Deno.test("Compute says that its device was lost, and that it was disposed of", async () => {
  const compute = await openCompute();
  const plane = compute.create({ width: 1, height: 1, channels: 1 });
  compute.device.destroy();
  await compute.device.lost;
  await assert.rejects(plane.read(), /device was lost/);
  compute.dispose();
  assert.throws(() => compute.create({ width: 1, height: 1, channels: 1 }), /disposed of/);
});

Deno.test("Compute.timings() names each kernel with its dispatches when profiling", async () => {
  using compute = await openCompute({ profile: true });
  if (!compute.profiles) return; // No timestamp queries on this adapter: nothing is promised.
  using plane = compute.upload(testImage(640, 360, 3, "random"));
  for (let i = 0; i < 3; i++) grayscale(plane).dispose();
  using grey = grayscale(plane);
  await grey.read();
  const [timing] = compute.timings();
  assert.equal(timing.kernel, "grayscale");
  assert.equal(timing.dispatches, 4);
  assert.ok(timing.milliseconds > 0);
});

Deno.test("Compute.timings() counts dispatches whose readbacks overlap", async () => {
  using compute = await openCompute({ profile: true });
  if (!compute.profiles) return; // As above.
  using plane = compute.upload(testImage(64, 36, 3, "random"));
  // As several photos at a time: while one is read back, others are computed.
  await Promise.all(Array.from({ length: 4 }, async (_, i) => {
    for (let round = 0; round < 10; round++) {
      using grey = grayscale(plane);
      await new Promise((resolve) => setTimeout(resolve, i));
      await grey.read();
    }
  }));
  assert.equal(compute.timings().find(({ kernel }) => kernel === "grayscale")?.dispatches, 40);
});

Deno.test("splitIntoBands() covers every row once within the limit", async () => {
  const compute = await shared();
  using input = compute.create({ width: 100, height: 97, channels: 3 });
  using output = compute.create({ width: 100, height: 97, channels: 1 });
  const bands = splitIntoBands(output, [{ plane: input, rows: 4 }], { limit: 16384, alignment: 256 });
  assert.ok(bands.length > 1);
  assert.equal(bands[0][0], 0);
  assert.equal(bands.at(-1)![1], 97);
  for (let i = 1; i < bands.length; i++) assert.equal(bands[i][0], bands[i - 1][1]);
});

Deno.test("Compute.run() takes planes with more rows than a dispatch has workgroups", async () => {
  const compute = await shared();
  const height = 3 * compute.device.limits.maxComputeWorkgroupsPerDimension;
  using plane = compute.upload({ width: 1, height, channels: 3, data: new Uint8Array(3 * height).fill(200) });
  using grey = grayscale(plane, { weights: [0, 1, 0] });
  assert.ok((await grey.read()).every((value) => value === 200));
});

Deno.test("splitIntoBands() says so when not even one row fits", async () => {
  const compute = await shared();
  using output = compute.create({ width: 1000, height: 2, channels: 1 });
  assert.throws(() => splitIntoBands(output, [], { limit: 2048, alignment: 256 }), /smaller tiles/);
});

Deno.test("defineKernel() refuses marks and blocks without a partner", () => {
  const body = "@compute @workgroup_size(1) fn main() { /*{TAPS}*/ }";
  assert.throws(() => defineKernel("x", body), TypeError);
  assert.throws(() => defineKernel("x", body, { TAPS: "", OTHER: "" }), TypeError);
  assert.deepEqual(defineKernel("x", body, { TAPS: "" }).workgroup, [1, 1, 1]);
});
