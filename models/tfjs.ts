/**
 * The one door to tfjs: its version is named here and, for a module that TypeScript cannot import, in `wasm/module.js`.
 *
 * @module
 */
export * as tf from "npm:@tensorflow/tfjs@4.22.0";
export { WebGPUBackend } from "npm:@tensorflow/tfjs-backend-webgpu@4.22.0";
export { type BackendWasm, setWasmPaths } from "npm:@tensorflow/tfjs-backend-wasm@4.22.0";
