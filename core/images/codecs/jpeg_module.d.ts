/** The compiled JPEG codec of imagescript (Rust's `jpeg-decoder` and `image`), not yet instantiated. */
export const jpegModule: WebAssembly.Module;
