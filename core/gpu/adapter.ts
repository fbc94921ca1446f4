/** The adapter that kernels run on, and whether it is real hardware. */
export interface ChosenAdapter {
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
export async function chooseAdapter(): Promise<ChosenAdapter> {
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
