/** tfjs' WASM backend (SIMD, one thread), compiled: importing it needs no permission. */
export const wasmModule: WebAssembly.Module;
/** Hairline's own kernels for that backend, compiled from `wasm/*.as` by `wasm/build.ts`. */
export const kernelsModule: WebAssembly.Module;
