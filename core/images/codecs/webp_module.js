// @ts-self-types="./webp_module.d.ts"
// Compiled, not instantiated, for the same reason as in jpeg_module.js.
import source webpModule from "npm:@jsquash/webp@1.5.0/codec/dec/webp_dec.wasm";
import webpFactory from "npm:@jsquash/webp@1.5.0/codec/dec/webp_dec.js";

export { webpFactory, webpModule };
