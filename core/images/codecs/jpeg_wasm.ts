import { jpegModule } from "./jpeg_module.js";

/** The codec's exports. Sizes are in bytes, pointers are offsets into `memory`. */
interface JpegExports {
  readonly memory: WebAssembly.Memory;
  /** Length of the buffer that the last `decode_buffer` or `encode` returned. */
  wlen(): number;
  walloc(length: number): number;
  wfree(pointer: number, length: number): void;
  /** Takes over (and frees) the input. Zero for both sizes means full scale. Returns a handle, 0 on failure. */
  decode(pointer: number, length: number, width: number, height: number): number;
  decode_width(handle: number): number;
  decode_height(handle: number): number;
  /** 0: grey, 1: RGB, 2: CMYK. */
  decode_format(handle: number): number;
  decode_buffer(handle: number): number;
  decode_free(handle: number): void;
  /** Takes over (and frees) the RGBA input. */
  encode(pointer: number, width: number, height: number, quality: number): number;
}

/** A WebAssembly memory never shrinks: an instance that one large photo has stretched beyond this is dropped. */
const KEPT_BYTES = 64 * 2 ** 20;

let kept: JpegExports | undefined;

/**
 * Runs `work` on the codec's instance, from the input's bytes to the output's. `work` is synchronous, so that no other
 * call can come between; after a throw (a trap leaves the instance's heap in no known state) the next call starts a
 * fresh instance.
 */
export function withJpegCodec<Result>(
  input: Uint8Array,
  work: (codec: JpegExports, pointer: number) => Result,
): Result {
  // The exports' shape cannot be known to TypeScript: it is a property of the binary.
  const codec = kept ?? new WebAssembly.Instance(jpegModule).exports as unknown as JpegExports;
  kept = undefined;
  const pointer = codec.walloc(input.length);
  new Uint8Array(codec.memory.buffer, pointer, input.length).set(input);
  const result = work(codec, pointer);
  if (codec.memory.buffer.byteLength <= KEPT_BYTES) kept = codec;
  return result;
}
