// Stands in for models/wasm/module.js on pages, for the reason in jpeg_module.js.
import backend from "npm:@tensorflow/tfjs-backend-wasm@4.22.0/dist/tfjs-backend-wasm-simd.wasm" with {
  type: "bytes",
};
import kernels from "../../../models/wasm/kernels.wasm" with { type: "bytes" };

export const wasmModule = new WebAssembly.Module(backend);
export const kernelsModule = new WebAssembly.Module(kernels);
