import { tf, WebGPUBackend } from "./tfjs.ts";
import { openWasmBackend } from "./wasm/wasm_backend.ts";

/** The backends of tfjs that Hairline runs networks on. `cpu` is plain JavaScript: slow, an oracle for tests. */
export type BackendName = "webgpu" | "wasm" | "cpu";

/** The backend that networks run on, and why that one. */
export interface Backend {
  /** Name of the backend, as tfjs knows it. */
  readonly name: BackendName;
  /** Why it was chosen, in words for a report: `asked for`, or what the adapter is. */
  readonly reason: string;
}

/** What {@linkcode openBackend} reads of a `Compute`. */
export interface BackendDevice {
  /** The device that Hairline's own kernels run on; tfjs shares it. */
  readonly device: GPUDevice;
  /** What the adapter says of itself. */
  readonly adapterInfo: GPUAdapterInfo;
  /** Whether the adapter computes on the processor. */
  readonly software: boolean;
}

/** Options of {@linkcode openBackend}. */
export interface OpenBackendOptions {
  /** Overrides the choice. */
  readonly backend?: BackendName;
  /** The opened device; without it the choice is `wasm`. */
  readonly compute?: BackendDevice;
}

let current: Backend | undefined;
let sharedDevice: GPUDevice | undefined;

/**
 * Readies a tfjs backend and makes it the one that networks run on: `webgpu`, sharing the device of `compute`, where its
 * adapter is real hardware; `wasm` where it is software or absent, since tfjs' WASM backend is several times faster
 * there. The first call chooses for the whole process: later ones return the same answer unless they name a backend.
 *
 * Neither backend needs a permission.
 *
 * @throws {RangeError} for a backend of another name.
 * @throws {TypeError} for `webgpu` without `compute`.
 */
export async function openBackend(options: OpenBackendOptions = {}): Promise<Backend> {
  if (current !== undefined && (options.backend === undefined || options.backend === current.name)) {
    if (
      current.name !== "webgpu" || options.compute === undefined || options.compute.device === sharedDevice
    ) {
      return current;
    }
  }
  const choice = choose(options);
  tf.enableProdMode();
  if (choice.name === "webgpu") shareDevice(options.compute);
  if (choice.name === "wasm") await openWasmBackend();
  else if (!await tf.setBackend(choice.name)) {
    throw new Error(`Cannot open the backend "${choice.name}": tfjs failed to initialise it.`);
  }
  current = choice;
  return choice;
}

/** Whether networks run on the device of `compute`, and share buffers with it, after choosing the backend if none was. */
export async function usesDevice(compute: BackendDevice): Promise<boolean> {
  return (await openBackend({ compute })).name === "webgpu";
}

function choose({ backend, compute }: OpenBackendOptions): Backend {
  switch (backend) {
    case "webgpu":
    case "wasm":
    case "cpu":
      return { name: backend, reason: "asked for" };
    case undefined:
      break;
    default:
      throw new RangeError(
        `Cannot open a backend called ${JSON.stringify(backend)}: it must be "webgpu", "wasm" or "cpu".`,
      );
  }
  if (compute === undefined) return { name: "wasm", reason: "no WebGPU device" };
  const { description, vendor } = compute.adapterInfo;
  const adapter = description || vendor || "unnamed";
  return compute.software
    ? { name: "wasm", reason: `the WebGPU adapter is software (${adapter})` }
    : { name: "webgpu", reason: `the WebGPU adapter is hardware (${adapter})` };
}

/** Registers tfjs' WebGPU backend anew, on our device: buffers then cross between kernels and networks without a copy. */
function shareDevice(compute: BackendDevice | undefined): void {
  if (compute === undefined) {
    throw new TypeError(
      'Cannot open the backend "webgpu": no compute was given, and the device of one is wanted.',
    );
  }
  if (compute.device === sharedDevice) return;
  // Otherwise small tensors stay on the host, where no kernel finds them.
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", () => new WebGPUBackend(compute.device, compute.adapterInfo));
  sharedDevice = compute.device;
}
