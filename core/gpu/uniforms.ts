/** Bytes of one slot: the largest alignment that WebGPU asks of a uniform's offset, and the room for a kernel's parameters. */
const SLOT = 256;
const SLOTS = 1024;

/** The small parameters of all kernels of one submission, in one buffer that is written once. */
export class UniformArena {
  readonly #device: GPUDevice;
  readonly #bytes = new ArrayBuffer(SLOT * SLOTS);
  /** The buffer that the slots lie in. */
  readonly buffer: GPUBuffer;
  #used = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
    this.buffer = device.createBuffer({
      label: "uniforms",
      size: this.#bytes.byteLength,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
  }

  /** True if `slots` more fit before the next {@linkcode UniformArena.write}. */
  hasRoom(slots: number): boolean {
    return this.#used + slots <= SLOTS;
  }

  /** Fills the next slot: the u32 values first, then the f32 values. */
  slot(u32: readonly number[], f32: readonly number[]): GPUBufferBinding {
    if ((u32.length + f32.length) * 4 > SLOT) {
      throw new RangeError(`Cannot pass more than ${SLOT / 4} parameters to a kernel.`);
    }
    const offset = this.#used++ * SLOT;
    new Uint32Array(this.#bytes, offset, u32.length).set(u32);
    new Float32Array(this.#bytes, offset + u32.length * 4, f32.length).set(f32);
    return { buffer: this.buffer, offset, size: SLOT };
  }

  /** Sends the slots to the device, ahead of the submission that reads them. */
  write(): void {
    this.#device.queue.writeBuffer(this.buffer, 0, this.#bytes, 0, this.#used * SLOT);
    this.#used = 0;
  }
}
