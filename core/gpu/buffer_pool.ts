/** A free buffer. */
interface Free {
  buffer: GPUBuffer;
  /** When it was released, by the pool's clock. */
  since: number;
}

/** Options of {@linkcode BufferPool}. */
export interface BufferPoolOptions {
  /** Called before free buffers are destroyed, which recorded work may still read. */
  beforeDestroy: () => void;
  /** Bytes of free buffers to retain. */
  capacity?: number;
  /** Acquisitions after which a buffer that stayed free meanwhile is destroyed. */
  maxAge?: number;
}

/**
 * Keeps GPU buffers that are free for the next plane of the same size, since making one costs more than most kernels.
 *
 * Photos come in series of one size, but not always: a buffer that stayed free for a while is destroyed, and of too many
 * those first that are free for longest. So a large photo does not stay resident, and sizes do not pile up.
 */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #usage: GPUBufferUsageFlags;
  readonly #beforeDestroy: () => void;
  readonly #capacity: number;
  readonly #maxAge: number;
  /** In the order of their release. */
  #free: Free[] = [];
  #retained = 0;
  /** Counts the acquisitions. */
  #clock = 0;

  constructor(
    device: GPUDevice,
    usage: GPUBufferUsageFlags,
    { beforeDestroy, capacity = 512 * 2 ** 20, maxAge = 256 }: BufferPoolOptions,
  ) {
    this.#device = device;
    this.#usage = usage;
    this.#beforeDestroy = beforeDestroy;
    this.#capacity = capacity;
    this.#maxAge = maxAge;
  }

  /** A buffer of at least `bytes` bytes; its content is whatever its last user left. */
  acquire(bytes: number): GPUBuffer {
    this.#clock++;
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    const index = this.#free.findLastIndex(({ buffer }) => buffer.size === size);
    if (index < 0) return this.#device.createBuffer({ size, usage: this.#usage });
    this.#retained -= size;
    return this.#free.splice(index, 1)[0].buffer;
  }

  /** Takes a buffer back. The caller no longer touches it; work already recorded may still read it. */
  release(buffer: GPUBuffer): void {
    if (buffer.size > this.#capacity) {
      this.#beforeDestroy();
      buffer.destroy();
      return;
    }
    this.#free.push({ buffer, since: this.#clock });
    this.#retained += buffer.size;
    let surplus = this.#retained - this.#capacity;
    const given = this.#free.findIndex(({ buffer, since }) => {
      if (surplus <= 0 && this.#clock - since <= this.#maxAge) return true;
      surplus -= buffer.size;
      return false;
    });
    if (given === 0) return;
    this.#beforeDestroy();
    this.#destroy(given < 0 ? this.#free.length : given);
  }

  /** Bytes of free buffers held at the moment. */
  get retained(): number {
    return this.#retained;
  }

  /** Destroys the free buffers. */
  clear(): void {
    this.#destroy(this.#free.length);
  }

  /** Destroys those that are free for longest. */
  #destroy(count: number): void {
    for (const { buffer } of this.#free.splice(0, count)) {
      this.#retained -= buffer.size;
      buffer.destroy();
    }
  }
}
