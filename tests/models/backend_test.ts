import assert from "node:assert/strict";
import { type BackendName, openBackend } from "../../models/backend.ts";
import { tf } from "../../models/tfjs.ts";
import { openWasmBackend } from "../../models/wasm/wasm_backend.ts";

/** A device with what openBackend() reads of a compute. */
async function openDevice(software: boolean): Promise<
  { device: GPUDevice; adapterInfo: GPUAdapterInfo; software: boolean }
> {
  const adapter = await navigator.gpu.requestAdapter();
  assert.ok(adapter, "these tests need a WebGPU adapter, a software one will do");
  return { device: await adapter.requestDevice(), adapterInfo: adapter.info, software };
}

/** A product on the current backend. */
async function product(): Promise<number[]> {
  const tensor = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5], [6]])));
  const values = Array.from(await tensor.data());
  tensor.dispose();
  return values;
}

const ROOT = new URL("../../", import.meta.url);

/** What a program prints that runs in a process of its own, since the first openBackend() chooses for the whole process. */
async function runFresh(
  program: string,
  options: { root?: string; permissions?: string[] } = {},
): Promise<string> {
  const { root = ROOT.href, permissions = [] } = options;
  const source = `import { openBackend } from "${root}models/backend.ts"; ${program}`;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-lock",
      ...permissions,
      `data:text/javascript,${encodeURIComponent(source)}`,
    ],
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  assert.equal(code, 0, decoder.decode(stderr));
  return decoder.decode(stdout).trim();
}

Deno.test("openBackend() chooses wasm without a device or with a software adapter, webgpu with a hardware one", async () => {
  const program = `
    const adapter = await navigator.gpu.requestAdapter();
    const device = await adapter.requestDevice();
    const compute = (software) => ({ device, adapterInfo: adapter.info, software });
    const given = { none: {}, software: { compute: compute(true) }, hardware: { compute: compute(false) } };
    console.log((await openBackend(given.CASE)).name);
    device.destroy();`;
  const names: string[] = [];
  for (const given of ["none", "software", "hardware"]) {
    names.push(await runFresh(program.replace("CASE", given)));
  }
  assert.deepEqual(names, ["wasm", "wasm", "webgpu"]);
});

Deno.test("openBackend() keeps to its first choice until another backend is named", async () => {
  const first = await openBackend({ backend: "cpu" });
  assert.deepEqual(first, { name: "cpu", reason: "asked for" });
  assert.equal(await openBackend(), first);
  assert.equal((await openBackend({ backend: "wasm" })).name, "wasm");
  assert.equal((await openBackend()).name, "wasm");
});

Deno.test("openBackend() readies every backend to compute", async () => {
  const compute = await openDevice(true);
  for (const backend of ["webgpu", "wasm", "cpu"] as BackendName[]) {
    assert.equal((await openBackend({ backend, compute })).name, backend);
    assert.equal(tf.getBackend(), backend);
    assert.deepEqual(await product(), [17, 39], backend);
  }
  tf.removeBackend("webgpu");
  compute.device.destroy();
});

Deno.test("openBackend() puts the fetching and the compiling of WASM back as they were", async () => {
  const program = `
    const { instantiate } = WebAssembly;
    const { fetch } = globalThis;
    await Promise.all([openBackend(), openBackend()]);
    console.log(WebAssembly.instantiate === instantiate, globalThis.fetch === fetch);`;
  assert.equal(await runFresh(program), "true true");
});

Deno.test("openBackend() refuses unknown backends and webgpu without a device", async () => {
  await assert.rejects(openBackend({ backend: "webgl" as BackendName }), RangeError);
  await assert.rejects(openBackend({ backend: "webgpu" }), TypeError);
});

Deno.test("openBackend() works when it is imported over HTTP, with no permission", async () => {
  const types: Record<string, string> = {
    ts: "application/typescript",
    js: "text/javascript",
    wasm: "application/wasm",
  };
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const path = new URL(request.url).pathname.slice(1);
    const type = types[path.split(".").at(-1)!] ?? "text/plain";
    return new Response(await Deno.readFile(new URL(path, ROOT)), { headers: { "content-type": type } });
  });
  const host = `127.0.0.1:${server.addr.port}`;
  const program = "console.log((await openBackend()).name)";
  assert.equal(
    await runFresh(program, { root: `http://${host}/`, permissions: [`--allow-import=${host}`] }),
    "wasm",
  );
});

Deno.test("the WASM backend says that its memory is full, and goes on", async () => {
  await openWasmBackend();
  const before = tf.memory().numTensors;
  // More than there is, and more than an address can count.
  for (const repeats of [4095, 4100]) {
    assert.throws(() => tf.tidy(() => tf.tile(tf.zeros([2 ** 18]), [repeats])), RangeError);
  }
  assert.equal(tf.memory().numTensors, before);
  assert.deepEqual(await product(), [17, 39]);
});
