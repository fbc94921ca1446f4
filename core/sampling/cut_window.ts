import { resamplingTable } from "../kernels/resize.ts";

/**
 * How a patch is turned: bit 0 flips it left to right, bit 1 upside down, bit 2 transposes it (a quarter turn and a flip).
 * The eight together are the paper's {0°, 90°} × {none, horizontal, vertical, both}.
 */
export type Orientation = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** All orientations; the first leaves a patch as it is. */
export const ORIENTATIONS: readonly Orientation[] = [0, 1, 2, 3, 4, 5, 6, 7];

/** An image on the host. */
export interface HostPixels<T extends Uint8Array | Float32Array> {
  readonly width: number;
  readonly height: number;
  /** Interleaved values a pixel. */
  readonly channels: number;
  /** Row-major. */
  readonly data: T;
}

/** A rectangle of an image: its upper left pixel, which may lie outside, and the size that it has before it is turned. */
export interface WindowPlace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Copies a rectangle out of an image. What lies outside the image is mirrored, the edge pixel not repeated.
 *
 * @param target `width · height · channels` values: rows of `width`, or of `height` where the orientation transposes.
 */
export function cutWindow<T extends Uint8Array | Float32Array>(
  { width, height, channels, data }: HostPixels<T>,
  place: WindowPlace,
  { orientation = 0, target }: { readonly orientation?: Orientation; readonly target: T },
): void {
  const flipX = (orientation & 1) !== 0, flipY = (orientation & 2) !== 0, transpose = (orientation & 4) !== 0;
  // Where each column and row of the window lies in the image.
  const columns = new Uint32Array(place.width), rows = new Uint32Array(place.height);
  for (let i = 0; i < place.width; i++) {
    columns[i] = channels * mirror(place.x + (flipX ? place.width - 1 - i : i), width);
  }
  for (let i = 0; i < place.height; i++) {
    rows[i] = channels * width * mirror(place.y + (flipY ? place.height - 1 - i : i), height);
  }
  const [across, down] = transpose ? [rows, columns] : [columns, rows];
  for (let v = 0, out = 0; v < down.length; v++) {
    for (let u = 0; u < across.length; u++) {
      const from = down[v] + across[u];
      for (let c = 0; c < channels; c++) target[out++] = data[from + c];
    }
  }
}

/** Mirror padding of an index into 0 … n − 1, the edge not repeated: … 2 1 | 0 1 2 … n − 1 | n − 2 … */
function mirror(i: number, n: number): number {
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  const m = Math.abs(i) % period;
  return Math.min(m, period - m);
}

/** A square of an image: its upper left pixel, which may lie outside, and its side. */
export interface SquarePlace {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/**
 * Copies a square out of an image, as {@linkcode cutWindow} does, and brings it to another side by linear interpolation.
 *
 * @param target `size · size · channels` bytes.
 */
export function cutSquare(
  image: HostPixels<Uint8Array>,
  { x, y, size: side }: SquarePlace,
  { orientation, size, target }: {
    readonly orientation?: Orientation;
    /** Side of what is wanted. Default: that of the square. */
    readonly size?: number;
    readonly target: Uint8Array;
  },
): void {
  const place = { x, y, width: side, height: side };
  if (size === undefined || size === side) return cutWindow(image, place, { orientation, target });
  const { channels } = image;
  const square = new Uint8Array(side * side * channels);
  cutWindow(image, place, { orientation, target: square });
  resamplePatch(square, { from: side, to: size, channels, target });
}

/**
 * Brings a square patch to another side by linear interpolation, as {@linkcode resize} does, on the host, where the patches of a
 * training are cut. A smaller one averages what falls together.
 *
 * @param patch `from · from · channels` bytes.
 * @param target `to · to · channels` bytes.
 */
export function resamplePatch(
  patch: Uint8Array,
  { from, to, channels, target }: {
    readonly from: number;
    readonly to: number;
    readonly channels: number;
    readonly target: Uint8Array;
  },
): void {
  const { taps, rows } = resamplingTable("bilinear", { length: from, from: 0, to: from, size: to });
  // Columns first: whole rows are added up, and a smaller patch has fewer of them left for the second pass.
  const stride = from * channels;
  const tall = new Float32Array(to * stride);
  for (let y = 0; y < to; y++) {
    const entry = y * (1 + taps), sums = tall.subarray(y * stride, (y + 1) * stride);
    for (let t = 0; t < taps; t++) {
      const weight = rows[entry + 1 + t], start = (rows[entry] + t) * stride;
      for (let i = 0; i < stride; i++) sums[i] += weight * patch[start + i];
    }
  }
  for (let x = 0; x < to; x++) {
    const entry = x * (1 + taps), first = rows[entry] * channels;
    for (let y = 0; y < to; y++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let t = 0, at = y * stride + first + c; t < taps; t++, at += channels) {
          sum += rows[entry + 1 + t] * tall[at];
        }
        target[(y * to + x) * channels + c] = Math.round(sum);
      }
    }
  }
}
