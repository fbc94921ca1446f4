import { chooseAdapter } from "./adapter.ts";
import { Compute, type ComputeOptions } from "./compute.ts";

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
 * @throws {Error} if the machine offers no adapter.
 */
export async function openCompute(options: ComputeOptions = {}): Promise<Compute> {
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
