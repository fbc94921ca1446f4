/** tfjs' WASM backend (SIMD, one thread), compiled: importing it needs no permission. */
export const wasmModule: WebAssembly.Module;
