import { type BackendWasm, setWasmPaths, tf } from "../tfjs.ts";
import { WasmHeap } from "./heap.ts";
import { wasmModule } from "./module.js";
import { registerWasmKernels } from "./register_kernels.ts";

let heap: Promise<WasmHeap> | undefined;

/**
 * Readies tfjs' WASM backend together with Hairline's kernels for it, once a process, and makes it the current one.
 * No permission is needed.
 *
 * @throws {Error} where tfjs cannot initialise it.
 */
export async function openWasmBackend(): Promise<WasmHeap> {
  heap ??= initialise();
  const opened = await heap;
  await tf.setBackend("wasm");
  return opened;
}

/**
 * tfjs reads its .wasm file through `platform.fetch` and compiles it through `WebAssembly.instantiate`. The first would need
 * a permission: for the time of the initialisation both are answered with the module that was imported, then put back.
 */
async function initialise(): Promise<WasmHeap> {
  const { platform } = tf.env();
  const { fetch } = platform;
  const { instantiate } = WebAssembly;
  const prefix = "hairline:/";
  const standIn = new ArrayBuffer(0);
  let memory: WebAssembly.Memory | undefined;
  // On pages that may share memory tfjs takes glue for threads, which the module that is imported does not have.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths(prefix, true);
  platform.fetch = (path, init) =>
    path.startsWith(prefix)
      ? Promise.resolve({ ok: true, arrayBuffer: () => Promise.resolve(standIn) } as Response)
      : fetch.call(platform, path, init);
  const replaced = async (source: BufferSource | WebAssembly.Module, imports?: WebAssembly.Imports) => {
    if (source !== standIn) return await instantiate(source as WebAssembly.Module, imports);
    const instance = await instantiate(wasmModule, imports);
    memory = instance.exports.memory as WebAssembly.Memory;
    return { instance, module: wasmModule };
  };
  WebAssembly.instantiate = replaced as typeof instantiate;
  let ready = false;
  try {
    ready = await tf.setBackend("wasm");
  } finally {
    platform.fetch = fetch;
    WebAssembly.instantiate = instantiate;
  }
  if (!ready || memory === undefined) {
    throw new Error('Cannot open the backend "wasm": tfjs failed to initialise it.');
  }
  const heap = new WasmHeap(tf.backend() as unknown as BackendWasm, memory);
  registerWasmKernels(heap);
  return heap;
}
