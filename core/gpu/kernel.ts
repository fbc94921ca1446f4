import prelude from "../../shaders/prelude.wgsl" with { type: "text" };
import { readUniformStruct, type UniformStruct } from "./uniforms.ts";

/** A compute shader and what is read off its text. */
export interface Kernel {
  /** Name in error messages and timings: the stem of its file. */
  label: string;
  /** The whole module, prelude included. */
  code: string;
  /** `@workgroup_size` of its `main`. */
  workgroup: readonly [x: number, y: number, z: number];
  /** Storage buffers that it reads and writes, in the order of their bindings from 2 on. */
  storage: readonly GPUBufferBindingType[];
  /** Its `struct Params`: what {@linkcode Dispatch.params} names. */
  params: UniformStruct;
}

/** The struct `Band` of the prelude, which every kernel is given besides its own parameters. */
export const BAND = readUniformStruct("prelude", prelude, "Band");

/**
 * A kernel from the text of its WGSL file.
 *
 * naga, the shader compiler of Deno and Firefox, does not unroll loops, which costs a small window up to a factor of three on
 * a software adapter. A file may therefore leave marks, a name in braces inside a block comment, where `blocks[name]` is put.
 *
 * @param label name in errors and timings.
 * @param source the text of the file; its entry point is called `main`.
 * @param blocks generated text for the marks.
 * @throws {TypeError} if a mark has no block, a block no mark, or `struct Params` a field that is neither number nor vector.
 * @throws {RangeError} if `struct Params` takes more than 256 bytes.
 */
export function defineKernel(label: string, source: string, blocks: Record<string, string> = {}): Kernel {
  const unused = new Set(Object.keys(blocks));
  const body = source.replaceAll(/\/\*\{(\w+)\}\*\//g, (_, name: string) => {
    if (!(name in blocks)) throw new TypeError(`Cannot build kernel ${label}: its mark ${name} has no text.`);
    unused.delete(name);
    return blocks[name];
  });
  if (unused.size > 0) {
    throw new TypeError(`Cannot build kernel ${label}: it has no mark ${[...unused].join(", ")}.`);
  }

  const size = body.match(/@workgroup_size\(([\d\s,]+)\)/)?.[1].split(",").map(Number);
  if (!size) throw new TypeError(`Cannot build kernel ${label}: no literal @workgroup_size was found.`);
  const storage = [...body.matchAll(/@group\(0\)\s*@binding\((\d+)\)\s*var<storage,\s*(read_write|read)>/g)]
    .sort((a, b) => Number(a[1]) - Number(b[1]))
    .map(([, , access]): GPUBufferBindingType => access === "read" ? "read-only-storage" : "storage");
  return {
    label,
    code: `${prelude}\n${body}`,
    workgroup: [size[0], size[1] ?? 1, size[2] ?? 1],
    storage,
    params: readUniformStruct(label, body, "Params"),
  };
}

/** The compiled kernels of a device, each compiled at its first use. */
export class KernelCache {
  readonly #device: GPUDevice;
  readonly #pipelines = new WeakMap<Kernel, Map<string, GPUComputePipeline>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** The pipeline of a kernel with the values of its `override` constants. */
  pipeline(kernel: Kernel, constants: Record<string, number> = {}): GPUComputePipeline {
    let pipelines = this.#pipelines.get(kernel);
    if (!pipelines) this.#pipelines.set(kernel, pipelines = new Map());
    const key = JSON.stringify(constants);
    let pipeline = pipelines.get(key);
    if (!pipeline) {
      pipeline = this.#device.createComputePipeline({
        label: kernel.label,
        layout: this.#device.createPipelineLayout({ bindGroupLayouts: [this.layout(kernel)] }),
        compute: {
          module: this.#device.createShaderModule({ label: kernel.label, code: kernel.code }),
          entryPoint: "main",
          constants,
        },
      });
      pipelines.set(key, pipeline);
    }
    return pipeline;
  }

  /** Two uniforms, then the kernel's storage buffers. Explicit, so that a kernel need not use its parameters. */
  layout(kernel: Kernel): GPUBindGroupLayout {
    const key = kernel.storage.join();
    let layout = this.#layouts.get(key);
    if (!layout) {
      const types: GPUBufferBindingType[] = ["uniform", "uniform", ...kernel.storage];
      layout = this.#device.createBindGroupLayout({
        entries: types.map((type, binding) => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type },
        })),
      });
      this.#layouts.set(key, layout);
    }
    return layout;
  }
}
