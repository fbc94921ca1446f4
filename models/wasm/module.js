// @ts-self-types="./module.d.ts"
// TypeScript does not parse source phase imports yet, so these lines are JavaScript. The version is the one of tfjs.ts.
import source wasmModule from "npm:@tensorflow/tfjs-backend-wasm@4.22.0/dist/tfjs-backend-wasm-simd.wasm";
import source kernelsModule from "./kernels.wasm";
export { kernelsModule, wasmModule };
