// Stands in for core/images/codecs/jpeg_module.js on pages: bundlers do not know source phase imports yet.
import bytes from "npm:imagescript@1.3.1/wasm/any/jpeg.wasm" with { type: "bytes" };

export const jpegModule = new WebAssembly.Module(bytes);
