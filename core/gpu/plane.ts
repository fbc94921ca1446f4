import type { Compute } from "./compute.ts";

/** Width, height and channels of a plane. */
export interface PlaneShape {
  /** Pixels in a row. */
  width: number;
  /** Rows. */
  height: number;
  /** Interleaved float32 values a pixel. */
  channels: number;
}

/**
 * An image on the GPU: `height` rows of `width` pixels of `channels` float32 values, row-major, channels interleaved.
 * Grey values run 0..255, confidences and masks 0..1.
 *
 * Kernels take planes and give new ones; the caller disposes of each (`using` does), which returns its buffer to the pool.
 *
 * A batch of N images of equal size is one plane, the images stacked one below the other: the memory of an N × H × W × C tensor.
 */
export class Plane implements Disposable {
  /** Where the plane lives. */
  readonly compute: Compute;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Interleaved float32 values a pixel. */
  readonly channels: number;
  #buffer: GPUBuffer | undefined;
  readonly #release: (buffer: GPUBuffer) => void;

  /** Planes come from {@linkcode Compute.upload}, {@linkcode Compute.create} and the kernels, not from `new`. */
  constructor(compute: Compute, shape: PlaneShape, buffer: GPUBuffer, release: (buffer: GPUBuffer) => void) {
    this.compute = compute;
    this.width = shape.width;
    this.height = shape.height;
    this.channels = shape.channels;
    this.#buffer = buffer;
    this.#release = release;
  }

  /** Float32 values in the plane. */
  get length(): number {
    return this.width * this.height * this.channels;
  }

  /**
   * The buffer behind the plane, at least 4 · {@linkcode Plane.length} bytes.
   *
   * @throws {TypeError} if the plane was disposed of.
   */
  get buffer(): GPUBuffer {
    if (this.#buffer) return this.#buffer;
    throw new TypeError(
      `Cannot use a ${this.width} × ${this.height} plane: it was disposed of earlier; keep it until its last use.`,
    );
  }

  /**
   * Hands the buffer to another user of the same device (tfjs), after submitting the kernels that fill it.
   * The plane stays its owner.
   */
  share(): GPUBuffer {
    this.compute.submit();
    return this.buffer;
  }

  /** The values, copied to the host. Submits all pending kernels: read once an image, not once a stage. */
  async read(): Promise<Float32Array<ArrayBuffer>> {
    const [values] = await this.compute.read([this]);
    return values;
  }

  /** Returns the buffer to the pool. Disposing twice does nothing. */
  dispose(): void {
    if (!this.#buffer) return;
    this.#release(this.#buffer);
    this.#buffer = undefined;
  }

  /** The same as {@linkcode Plane.dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
