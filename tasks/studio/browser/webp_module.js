// Stands in for core/images/codecs/webp_module.js on pages, for the reason in jpeg_module.js.
import bytes from "npm:@jsquash/webp@1.5.0/codec/dec/webp_dec.wasm" with { type: "bytes" };
import webpFactory from "npm:@jsquash/webp@1.5.0/codec/dec/webp_dec.js";

export const webpModule = new WebAssembly.Module(bytes);
export { webpFactory };
