/** Google's libwebp, as jSquash compiles it, not yet instantiated. */
export const webpModule: WebAssembly.Module;

/** The decoder's glue, made by Emscripten: instantiates a module by what it is given. */
export function webpFactory(options: {
  readonly noInitialRun: boolean;
  readonly instantiateWasm: (
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance) => void,
  ) => WebAssembly.Exports;
}): Promise<{
  /** The memory of the instance. */
  readonly HEAPU8: Uint8Array;
  /** Straight RGBA in a buffer of its own, `null` for what libwebp does not decode. */
  decode(file: Uint8Array): ImageData | null;
}>;
