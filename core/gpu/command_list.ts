import type { KernelTimer } from "./timings.ts";

/** The commands that wait to be sent together: kernels in one compute pass, or each in its own where a timer measures them, and copies. */
export class CommandList {
  readonly #device: GPUDevice;
  readonly #timer: KernelTimer | undefined;
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;

  constructor(device: GPUDevice, timer: KernelTimer | undefined) {
    this.#device = device;
    this.#timer = timer;
  }

  /** Where to record a kernel that is named `label`. */
  pass(label: string): GPUComputePassEncoder {
    const timestampWrites = this.#timer?.next(label);
    if (timestampWrites) this.#pass = this.encoder().beginComputePass({ timestampWrites });
    return this.#pass ??= this.encoder().beginComputePass();
  }

  /** Where to record anything else; ends the pass. */
  encoder(): GPUCommandEncoder {
    this.#pass?.end();
    this.#pass = undefined;
    return this.#encoder ??= this.#device.createCommandEncoder();
  }

  /** What was recorded, to be submitted; nothing where nothing was. */
  finish(): GPUCommandBuffer | undefined {
    if (!this.#encoder) return undefined;
    const commands = this.encoder().finish();
    this.#encoder = undefined;
    return commands;
  }
}
