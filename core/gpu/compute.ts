import { bindRows, type RowsNeeded, rowsOf, splitIntoBands } from "./bands.ts";
import { BufferPool } from "./buffer_pool.ts";
import { CommandList } from "./command_list.ts";
import { DeviceState } from "./device_state.ts";
import { BAND, type Kernel, KernelCache } from "./kernel.ts";
import type { PlaneShape } from "./plane_shape.ts";
import { Readback } from "./readback.ts";
import { KernelTimer, type KernelTiming } from "./timings.ts";
import { UniformArena, type UniformValues } from "./uniforms.ts";

/** Options of {@linkcode openCompute}. */
export interface ComputeOptions {
  /** Measure each kernel on the device; see {@linkcode Compute.timings}. Slows everything down a little. */
  profile?: boolean;
  /** The most bytes that one binding may show. Defaults to the adapter's own limit; tests lower it so that small images take several bands. */
  maxBindingBytes?: number;
}

/** Pixels for {@linkcode Compute.upload}. */
export interface PlaneSource extends PlaneShape {
  /** `width · height · channels` values, row-major, channels interleaved. */
  data: Float32Array | Uint8Array | Uint8ClampedArray;
}

/** One run of a kernel, for {@linkcode Compute.run}. */
export interface Dispatch {
  /** What runs, from {@linkcode defineKernel}. */
  kernel: Kernel;
  /** What it reads, in the order of its bindings, and which rows of it each output row needs (default: the same row). */
  inputs: readonly { plane: Plane; rows?: RowsNeeded }[];
  /** What it writes. */
  output: Plane;
  /**
   * The fields of its `struct Params` by name, in any order. Checked when the kernel is run: to TypeScript a WGSL file is any
   * string.
   */
  params?: UniformValues;
  /** Values of its `override` constants. */
  constants?: Record<string, number>;
  /** Invocations for the output rows `[first, end)`; by default one a pixel: `[width, end − first, 1]`. */
  invocations?: (first: number, end: number) => readonly [x: number, y: number, z: number];
}

/** Values converted to float32 and sent at a time, so that a large photo is not held twice. */
const UPLOAD_CHUNK = 2 ** 22;

/**
 * A WebGPU device with what kernels need around it: compiled pipelines, a pool of buffers, one open command list.
 *
 * Kernels are only recorded when called. They are submitted together by {@linkcode Compute.submit} or by the first read, so
 * a chain of kernels costs one submission and one readback.
 */
export class Compute implements Disposable {
  /** The device, for sharing with other users of WebGPU such as tfjs. */
  readonly device: GPUDevice;
  /** What the adapter says of itself. */
  readonly adapterInfo: GPUAdapterInfo;
  /** True where the processor computes in place of a GPU. */
  readonly software: boolean;
  /** The adapter in words. */
  readonly description: string;
  /** The most bytes that one binding may show; larger planes are processed in bands of rows. */
  readonly maxBindingBytes: number;

  readonly #kernels: KernelCache;
  readonly #pool: BufferPool;
  readonly #readback: Readback;
  readonly #uniforms: UniformArena;
  readonly #timer: KernelTimer | undefined;
  readonly #commands: CommandList;
  readonly #state: DeviceState;

  /** An instance comes from {@linkcode openCompute}. */
  constructor(
    device: GPUDevice,
    about: { adapterInfo: GPUAdapterInfo; software: boolean; description: string },
    options: ComputeOptions,
  ) {
    this.device = device;
    this.adapterInfo = about.adapterInfo;
    this.software = about.software;
    this.description = about.description;
    this.maxBindingBytes = Math.min(
      options.maxBindingBytes ?? Infinity,
      device.limits.maxStorageBufferBindingSize,
    );
    this.#kernels = new KernelCache(device);
    this.#pool = new BufferPool(
      device,
      GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
      { beforeDestroy: () => this.submit() },
    );
    this.#readback = new Readback(device);
    this.#uniforms = new UniformArena(device);
    if (options.profile && device.features.has("timestamp-query")) this.#timer = new KernelTimer(device);
    this.#commands = new CommandList(device, this.#timer);
    this.#state = new DeviceState(device, this.description);
  }

  /** True if {@linkcode Compute.timings} has something to report: profiling was asked for and the device has timestamps. */
  get profiles(): boolean {
    return this.#timer !== undefined;
  }

  /** Bytes of buffers that no plane uses and that are kept for the next. */
  get pooledBytes(): number {
    return this.#pool.retained;
  }

  /**
   * Copies pixels to the device. Bytes become float32 values 0..255.
   *
   * @throws {RangeError} if a side or the number of channels is not a positive integer or `data` has another length.
   */
  upload({ width, height, channels, data }: PlaneSource): Plane {
    const plane = this.create({ width, height, channels });
    if (data.length !== plane.length) {
      plane.dispose();
      throw new RangeError(
        `Cannot upload an image of ${width} × ${height} × ${channels}: its data has ${data.length} values, ` +
          `${width * height * channels} are wanted.`,
      );
    }
    // A pooled buffer may still be read by recorded kernels, and writeBuffer() would overtake them.
    this.submit();
    for (let start = 0; start < data.length; start += UPLOAD_CHUNK) {
      const part = data.subarray(start, start + UPLOAD_CHUNK);
      // Shared memory is copied, too: WebGPU does not take it.
      const ready = part instanceof Float32Array && part.buffer instanceof ArrayBuffer;
      const floats = ready ? part as Float32Array<ArrayBuffer> : new Float32Array(part);
      this.device.queue.writeBuffer(plane.buffer, start * 4, floats);
    }
    return plane;
  }

  /**
   * A plane for a kernel to write. Its content is undefined unless `zero` is set.
   *
   * @throws {RangeError} if a side is not a positive integer or the plane exceeds the device's largest buffer.
   */
  create(shape: PlaneShape, { zero = false }: { zero?: boolean } = {}): Plane {
    this.check();
    const { width, height, channels } = shape;
    for (const [name, value] of Object.entries({ width, height, channels })) {
      if (!Number.isInteger(value) || value < 1) {
        throw new RangeError(`Cannot make a plane: its ${name} is ${value}, a positive integer is wanted.`);
      }
    }
    const bytes = width * height * channels * 4;
    const limit = this.device.limits.maxBufferSize;
    if (bytes > limit) {
      throw new RangeError(
        `Cannot hold a plane of ${width} × ${height} × ${channels} on ${this.description}: it takes ${bytes} bytes, ` +
          `at most ${limit} are possible; cut the image into smaller tiles.`,
      );
    }
    const plane = new Plane(this, shape, this.#pool.acquire(bytes), (buffer) => this.#release(buffer));
    if (zero) {
      this.#commands.encoder().clearBuffer(plane.buffer);
    }
    return plane;
  }

  /**
   * Makes a plane of a buffer that has another owner, such as a tensor; `release` is called when it is disposed of, once the kernels
   * that read it are submitted: its owner may write to it at once.
   */
  adopt(buffer: GPUBuffer, shape: PlaneShape, release: () => void): Plane {
    return new Plane(this, shape, buffer, () => {
      if (!this.#state.closed) this.submit();
      release();
    });
  }

  /**
   * Records a kernel, in as many bands of rows as the device's binding limit asks for.
   *
   * @throws {TypeError} if a parameter is missing or none of the kernel's.
   * @throws {RangeError} if a parameter is no value of its type, or a single row with its surroundings exceeds the limit.
   */
  run({ kernel, inputs, output, params = {}, constants, invocations }: Dispatch): void {
    this.check();
    const alignment = this.device.limits.minStorageBufferOffsetAlignment;
    const needs = inputs.map(({ plane, rows = 0 }) => ({ plane, rows }));
    const pipeline = this.#kernels.pipeline(kernel, constants);
    const layout = this.#kernels.layout(kernel);
    // A dispatch has at most so many workgroups down, and a workgroup may be a single row.
    const maxRows = this.device.limits.maxComputeWorkgroupsPerDimension;
    for (
      const [first, end] of splitIntoBands(output, needs, { limit: this.maxBindingBytes, alignment, maxRows })
    ) {
      if (!this.#uniforms.hasRoom(2)) this.submit();
      const sources = needs.map(({ plane, rows }) => ({
        buffer: plane.buffer,
        ...bindRows(plane, rowsOf(plane, rows, first, end), alignment),
      }));
      const target = { buffer: output.buffer, ...bindRows(output, [first, end], alignment) };
      const band = {
        base: [0, 1, 2, 3].map((i) => sources[i]?.base ?? 0),
        width: output.width,
        height: output.height,
        channels: output.channels,
        output_base: target.base,
        first,
        end,
      };
      const resources = [
        this.#uniforms.slot(BAND, band),
        this.#uniforms.slot(kernel.params, params),
        ...[...sources, target].map(({ buffer, offset, size }) => ({ buffer, offset, size })),
      ];
      const group = this.device.createBindGroup({
        layout,
        entries: resources.map((resource, binding) => ({ binding, resource })),
      });
      const [x, y, z] = invocations?.(first, end) ?? [output.width, end - first, 1];
      const pass = this.#commands.pass(kernel.label);
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(
        Math.ceil(x / kernel.workgroup[0]),
        Math.ceil(y / kernel.workgroup[1]),
        Math.ceil(z / kernel.workgroup[2]),
      );
    }
  }

  /**
   * Records a copy of values, whatever the two shapes.
   *
   * @param length values to copy; defaults to all of `source` from `from` on.
   */
  copy(
    source: Plane,
    target: Plane,
    { from = 0, to = 0, length = source.length - from }: { from?: number; to?: number; length?: number } = {},
  ): void {
    this.check();
    this.#commands.encoder().copyBufferToBuffer(
      source.buffer,
      from * 4,
      target.buffer,
      to * 4,
      length * 4,
    );
  }

  /** Sends all recorded kernels to the device, without waiting for them. */
  submit(): void {
    const commands = this.#commands.finish();
    if (!commands) return;
    this.#uniforms.write();
    this.device.queue.submit([commands]);
  }

  /**
   * The values of several planes in one readback. Submits all pending kernels.
   *
   * @throws {Error} if a kernel could not be built or run, or the device was lost.
   */
  async read(planes: readonly Plane[]): Promise<Float32Array<ArrayBuffer>[]> {
    this.check();
    const bytes = planes.reduce((sum, plane) => sum + plane.length * 4, 0);
    try {
      const values = await this.#readback.read(bytes, (staging) => {
        const encoder = this.#commands.encoder();
        let offset = 0;
        for (const plane of planes) {
          encoder.copyBufferToBuffer(plane.buffer, 0, staging, offset, plane.length * 4);
          offset += plane.length * 4;
        }
        this.#timer?.resolve(encoder);
        this.submit();
      });
      await this.#timer?.collect();
      this.check();
      let start = 0;
      return planes.map(({ length }) => {
        const part = new Float32Array(values, start, length);
        start += length * 4;
        return part;
      });
    } catch (error) {
      // A failed kernel or a lost device also fails the map; the first cause is the one to report.
      this.check();
      throw error;
    }
  }

  /**
   * Throws an error of the device that no read has reported yet: what others computed on it meanwhile may be invalid.
   *
   * @throws {Error} if something could not be computed, or the device was lost.
   * @internal
   */
  check(): void {
    this.#state.check();
  }

  /** GPU time by kernel since the device was opened, slowest first; empty unless {@linkcode Compute.profiles}. */
  timings(): KernelTiming[] {
    return this.#timer?.totals() ?? [];
  }

  /** Destroys the device with all planes on it. */
  dispose(): void {
    if (this.#state.closed) return;
    this.#state.close();
    this.#timer?.destroy();
    this.#pool.clear();
    this.#readback.clear();
    this.device.destroy();
  }

  /** The same as {@linkcode Compute.dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #release(buffer: GPUBuffer): void {
    if (!this.#state.closed) this.#pool.release(buffer);
  }
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
