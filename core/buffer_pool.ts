/**
 * Keeps GPU buffers that are free for the next plane of the same size, since making one costs more than most kernels.
 * Retains at most {@linkcode BufferPool.capacity} bytes, so that a large photo does not stay resident for ever.
 */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #usage: GPUBufferUsageFlags;
  readonly #free = new Map<number, GPUBuffer[]>();
  #retained = 0;

  /** Bytes of free buffers to retain. */
  readonly capacity: number;

  constructor(device: GPUDevice, usage: GPUBufferUsageFlags, capacity = 512 * 2 ** 20) {
    this.#device = device;
    this.#usage = usage;
    this.capacity = capacity;
  }

  /** A buffer of at least `bytes` bytes; its content is whatever its last user left. */
  acquire(bytes: number): GPUBuffer {
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    const buffer = this.#free.get(size)?.pop();
    if (!buffer) return this.#device.createBuffer({ size, usage: this.#usage });
    this.#retained -= size;
    return buffer;
  }

  /** Takes a buffer back. The caller no longer touches it; work already submitted may still read it. */
  release(buffer: GPUBuffer): void {
    if (this.#retained + buffer.size > this.capacity) {
      buffer.destroy();
      return;
    }
    const free = this.#free.get(buffer.size);
    if (free) free.push(buffer);
    else this.#free.set(buffer.size, [buffer]);
    this.#retained += buffer.size;
  }

  /** Bytes of free buffers held at the moment. */
  get retained(): number {
    return this.#retained;
  }

  /** Destroys the free buffers. */
  clear(): void {
    for (const buffers of this.#free.values()) for (const buffer of buffers) buffer.destroy();
    this.#free.clear();
    this.#retained = 0;
  }
}
