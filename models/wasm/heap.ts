import type { BackendWasm, tf } from "../tfjs.ts";
import { kernelsModule } from "./module.js";
import type { WindowGeometry } from "./window.ts";

/** The functions of `index.as`, where each is described. Addresses and steps are in bytes, matrices float32. */
export interface WasmKernels {
  /** `gemm.as` */
  multiplyRows(
    rowsA: number,
    offsets: number,
    segments: number,
    length: number,
    b: number,
    rowsC: number,
    m: number,
    n: number,
    bias: number,
    lower: number,
    upper: number,
    scratch: number,
  ): void;
  multiplyTransposed(
    rowsA: number,
    offsets: number,
    segments: number,
    length: number,
    b: number,
    c: number,
    pixels: number,
    n: number,
    scratch: number,
  ): void;
  packPanels(
    target: number,
    source: number,
    outer: number,
    outerStep: number,
    middle: number,
    middleStep: number,
    inner: number,
    innerStep: number,
    n: number,
    columnStep: number,
  ): void;
  pixelAddresses(
    table: number,
    base: number,
    n: number,
    imageStep: number,
    h: number,
    rowStep: number,
    w: number,
    pixelStep: number,
  ): void;
  padPictures(
    target: number,
    source: number,
    n: number,
    h: number,
    rowBytes: number,
    paddedH: number,
    paddedRowBytes: number,
    top: number,
    left: number,
  ): void;
  /** `winograd.as` */
  transformFilters(m: number, u: number, w: number, c: number, k: number, temp: number): void;
  flipFilters(target: number, w: number, c: number, k: number): void;
  convolveTiles(
    m: number,
    x: number,
    n: number,
    h: number,
    w: number,
    top: number,
    left: number,
    u: number,
    y: number,
    outH: number,
    outW: number,
    c: number,
    k: number,
    bias: number,
    lower: number,
    upper: number,
    block: number,
    scratch: number,
  ): void;
  correlateTiles(
    x: number,
    n: number,
    h: number,
    w: number,
    top: number,
    left: number,
    dy: number,
    outH: number,
    outW: number,
    dw: number,
    c: number,
    k: number,
    block: number,
    scratch: number,
  ): void;
  copyRows(
    target: number,
    targetStep: number,
    source: number,
    sourceStep: number,
    bytes: number,
    rows: number,
  ): void;
  sumRows(x: number, rows: number, channels: number, sum: number): void;
  sumSquares(x: number, rows: number, channels: number, mean: number, sum: number): void;
  normalizeRows(
    x: number,
    rows: number,
    channels: number,
    mean: number,
    scale: number,
    shift: number,
    lower: number,
    y: number,
  ): void;
  sumGradients(
    dy: number,
    x: number,
    rows: number,
    channels: number,
    mean: number,
    scale: number,
    shift: number,
    sumG: number,
    sumGX: number,
  ): void;
  normalizeGradients(
    dy: number,
    x: number,
    rows: number,
    channels: number,
    mean: number,
    scale: number,
    shift: number,
    a: number,
    b: number,
    k: number,
    dx: number,
  ): void;
  gateGradients(dy: number, x: number, count: number, lower: number, upper: number, dx: number): void;
  swishGradients(dy: number, x: number, share: number, count: number, dx: number): void;
  momentumStep(
    w: number,
    v: number,
    g: number,
    count: number,
    momentum: number,
    rate: number,
    newW: number,
    newV: number,
  ): void;
  depthwiseInputGradient(
    dy: number,
    weights: number,
    dx: number,
    ...window: WindowGeometry
  ): void;
  depthwiseFilterGradient(
    x: number,
    dy: number,
    dw: number,
    ...window: WindowGeometry
  ): void;
  maxPoolGradients(
    x: number,
    y: number,
    dy: number,
    dx: number,
    ...windowAndDone: readonly [...window: WindowGeometry, done: number]
  ): void;
}

/** The allocator of the backend's Emscripten module, which tfjs' types leave out. */
interface Allocator {
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** Addresses borrowed from the heap, given back when disposed. */
export interface Borrowed extends Disposable {
  /** One address for each size that was asked for. */
  readonly addresses: number[];
}

/** The memory of tfjs' WASM backend, with Hairline's kernels working in it. */
export class WasmHeap {
  /** Hairline's kernels. */
  readonly kernels: WasmKernels;
  readonly #backend: BackendWasm;
  readonly #memory: WebAssembly.Memory;
  readonly #allocator: Allocator;

  constructor(backend: BackendWasm, memory: WebAssembly.Memory) {
    this.#backend = backend;
    this.#memory = memory;
    const { exports } = new WebAssembly.Instance(kernelsModule, { env: { memory } });
    this.kernels = exports as unknown as WasmKernels;
    this.#allocator = backend.wasm as unknown as Allocator;
    // The first call of either puts the module's function in its place, and would undo what follows.
    this.#allocator._free(this.#allocator._malloc(1));
    const allocate = this.#allocator._malloc;
    // tfjs takes the 0 of a failed allocation for an address and would then write over its own data; and the allocator
    // takes the bytes modulo 2³².
    this.#allocator._malloc = (bytes) => {
      const address = bytes < 2 ** 32 ? allocate(bytes) : 0;
      if (address === 0 && bytes > 0) {
        throw new RangeError(
          `Cannot allocate ${bytes} bytes: the memory of the WASM backend is full at ${this.bytes} bytes; ` +
            `a smaller batch or image is wanted.`,
        );
      }
      return address;
    };
  }

  /** Size of the memory in bytes. It grows to the peak of what was needed and never shrinks. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Address of the values of a tensor. */
  address(tensor: tf.TensorInfo): number {
    return this.#backend.dataIdMap.get(tensor.dataId).memoryOffset >>> 0;
  }

  /** A new float32 tensor, its values not yet written. */
  output(shape: readonly number[]): tf.TensorInfo {
    return this.#backend.makeOutput([...shape], "float32");
  }

  /** The same values as another tensor, which share its memory until both are disposed of. */
  share({ dataId, shape, dtype }: tf.TensorInfo): tf.TensorInfo {
    this.#backend.incRef(dataId);
    return { dataId, shape, dtype };
  }

  /** Releases a tensor that {@linkcode output} made. */
  release(tensor: tf.TensorInfo): void {
    this.#backend.disposeData(tensor.dataId);
  }

  /** The floats at an address. The view is void after the next allocation. */
  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, length);
  }

  /** The whole numbers at an address. The view is void after the next allocation. */
  integers(address: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, address, length);
  }

  /** Memory for the time of one kernel, one piece a size in bytes. */
  borrow(...sizes: number[]): Borrowed {
    const alignment = 16;
    const base = this.#allocator._malloc(sizes.reduce((sum, size) => sum + size + alignment, alignment)) >>>
      0;
    let next = Math.ceil(base / alignment) * alignment;
    const addresses = sizes.map((size) => {
      const address = next;
      next += Math.ceil(size / alignment) * alignment;
      return address;
    });
    return { addresses, [Symbol.dispose]: () => this.#allocator._free(base) };
  }
}
