import { argumentsSchema, BOOLEAN, checkArguments, NUMBER, optional, optionsSchema } from "../arguments.ts";
import { Compute, type ComputeOptions } from "./compute.ts";

const ARGUMENTS = argumentsSchema({
  options: optionsSchema<ComputeOptions>({ profile: optional(BOOLEAN), maxBindingBytes: optional(NUMBER) }),
});

/**
 * Opens the best WebGPU adapter of the machine, a real GPU before a software one, with the adapter's own limits.
 *
 * @example
 * ```ts
 * import { openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * console.log(compute.description, compute.software ? "(software)" : "");
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {Error} if the machine offers no adapter.
 */
export async function openCompute(options: ComputeOptions = {}): Promise<Compute> {
  checkArguments("open a device", ARGUMENTS, { options });
  const { adapter, software, description } = await chooseAdapter();
  const { maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupStorageSize } = adapter.limits;
  const { maxComputeInvocationsPerWorkgroup, maxComputeWorkgroupSizeX, maxComputeWorkgroupSizeY } =
    adapter.limits;
  const { maxStorageBuffersPerShaderStage, maxComputeWorkgroupsPerDimension } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredFeatures: (["timestamp-query", "shader-f16"] as const).filter((feature) =>
      adapter.features.has(feature)
    ),
    requiredLimits: {
      maxStorageBufferBindingSize,
      maxBufferSize,
      maxComputeWorkgroupStorageSize,
      maxComputeInvocationsPerWorkgroup,
      maxComputeWorkgroupSizeX,
      maxComputeWorkgroupSizeY,
      maxStorageBuffersPerShaderStage,
      maxComputeWorkgroupsPerDimension,
    },
  });
  return new Compute(device, { adapterInfo: adapter.info, software, description }, options);
}

/** The adapter that kernels run on, and whether it is real hardware. */
interface ChosenAdapter {
  /** The adapter itself. */
  adapter: GPUAdapter;
  /** True where the processor computes in place of a GPU. */
  software: boolean;
  /** The adapter in words, for logs, manifests and reports. */
  description: string;
}

/** Names under which software drivers announce themselves; `isFallbackAdapter` is not set by all of them. */
const SOFTWARE_DRIVERS = /llvmpipe|softpipe|swiftshader|lavapipe|basic render/i;

/**
 * Picks the adapter for {@linkcode openCompute}: the first that is real hardware, else a software one.
 *
 * @throws {Error} if the machine offers no adapter; the sentence names the Debian package that brings one.
 */
async function chooseAdapter(): Promise<ChosenAdapter> {
  let fallback: ChosenAdapter | undefined;
  for (const powerPreference of ["high-performance", "low-power"] as const) {
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference });
    if (!adapter) continue;
    const { description, vendor, architecture, isFallbackAdapter } = adapter.info;
    const words = description || [vendor, architecture].filter(Boolean).join(" ") || "unnamed adapter";
    const software = isFallbackAdapter || SOFTWARE_DRIVERS.test(words);
    const chosen = { adapter, software, description: words };
    if (!software) return chosen;
    fallback ??= chosen;
  }
  if (fallback) return fallback;
  throw new Error(
    "Cannot compute: no WebGPU adapter was found, neither a GPU nor a software one; install a driver " +
      "(on Debian and Ubuntu: apt install mesa-vulkan-drivers).",
  );
}
