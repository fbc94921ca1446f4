import { decodeImage, type DecodeImageOptions } from "./decode_image.ts";

/** Makes an upright image of the bytes of a file, as {@linkcode decodeImage} does. */
export type FileDecoder = (bytes: Uint8Array, options?: DecodeFileOptions) => Promise<ImageData>;

/** Options of {@linkcode decodeFile}, as {@linkcode decodeImage} has them. */
export type DecodeFileOptions = Pick<DecodeImageOptions, "samples" | "onNote">;

let decoder: FileDecoder = decodeImage;

/**
 * The image in the bytes of a file of somebody's: what all readers of photos and masks call. It is decoded here, unless the program decides
 * otherwise by {@linkcode decodeFilesBy}.
 *
 * @throws what {@linkcode decodeImage} throws.
 */
export function decodeFile(bytes: Uint8Array, options?: DecodeFileOptions): Promise<ImageData> {
  return decoder(bytes, options);
}

/**
 * Has another decoder for the whole program. Files are read at the end of long ways, through datasets, samplers and caches, none of which should
 * have to know in which thread that is.
 *
 * @returns what puts the one before back.
 */
export function decodeFilesBy(other: FileDecoder): Disposable {
  const before = decoder;
  decoder = other;
  return { [Symbol.dispose]: () => void (decoder = before) };
}
