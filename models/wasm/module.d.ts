/** tfjs' WASM backend (SIMD, one thread), compiled: importing it needs no permission. */
export const wasmModule: WebAssembly.Module;
/** Hairline's own kernels for that backend, compiled from the `*.as` of this folder by `build.ts`. */
export const kernelsModule: WebAssembly.Module;
