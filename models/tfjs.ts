/**
 * The one door to tfjs: its version is named here and nowhere else.
 *
 * @module
 */
export * as tf from "npm:@tensorflow/tfjs@4.22.0";
export { WebGPUBackend } from "npm:@tensorflow/tfjs-backend-webgpu@4.22.0";
export { setWasmPaths } from "npm:@tensorflow/tfjs-backend-wasm@4.22.0";
