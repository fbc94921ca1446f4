/** Smallest staging buffer; sizes are powers of two, so that reads of similar size share one. */
const SMALLEST = 2 ** 16;

/** Bytes and number of staging buffers that are kept for the next reads. */
const KEPT_BYTES = 64 * 2 ** 20, KEPT = 8;

/**
 * Copies results from the device to the host.
 *
 * An awaited `mapAsync()` in Deno 2.9 sleeps 10 ms after the data is there. A buffer that was mapped once before answers
 * `getMappedRange()` right after the request, in 0.2 ms; one that never was makes Deno panic (ext/webgpu/buffer.rs unwraps a
 * mode that only a finished map sets). So a new staging buffer is awaited, a used one is asked eagerly, with the awaited way
 * as a fallback. Delete the eager way when an awaited map takes under a millisecond.
 */
export class Readback {
  readonly #device: GPUDevice;
  readonly #free: GPUBuffer[] = [];
  readonly #mappedBefore = new WeakSet<GPUBuffer>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /**
   * The bytes that `copy` puts into a staging buffer.
   *
   * @param bytes how many.
   * @param copy records and submits the copies into the buffer, from offset 0.
   */
  async read(bytes: number, copy: (staging: GPUBuffer) => void): Promise<ArrayBuffer> {
    const staging = this.#acquire(bytes);
    copy(staging);
    const mapped = staging.mapAsync(GPUMapMode.READ, 0, bytes);
    const release = (): void => {
      staging.unmap();
      this.#keep(staging);
    };
    if (this.#mappedBefore.has(staging)) {
      try {
        const values = staging.getMappedRange(0, bytes).slice(0);
        // The request settles in its own time; only then may the buffer serve again. If the device is gone by then, so is it.
        mapped.then(release).catch(() => {});
        return values;
      } catch {
        // Not there yet: wait for it below.
      }
    }
    await mapped;
    this.#mappedBefore.add(staging);
    const values = staging.getMappedRange(0, bytes).slice(0);
    release();
    return values;
  }

  /** Destroys the staging buffers that are free. */
  clear(): void {
    for (const buffer of this.#free.splice(0)) buffer.destroy();
  }

  #acquire(bytes: number): GPUBuffer {
    const size = Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(bytes)));
    const index = this.#free.findIndex((buffer) => buffer.size === size);
    if (index >= 0) return this.#free.splice(index, 1)[0];
    return this.#device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  }

  /**
   * Keeps a buffer for the next read, and of too many destroys those that are free for longest. While reads follow each other
   * without a turn of the event loop no buffer comes back, so that more and more of them would be made.
   */
  #keep(staging: GPUBuffer): void {
    if (staging.size > KEPT_BYTES) return staging.destroy();
    this.#free.push(staging);
    let bytes = this.#free.reduce((sum, { size }) => sum + size, 0);
    while (bytes > KEPT_BYTES || this.#free.length > KEPT) {
      const oldest = this.#free.shift()!;
      bytes -= oldest.size;
      oldest.destroy();
    }
  }
}
