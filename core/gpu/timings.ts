/** GPU time of one kernel over many dispatches. */
export interface KernelTiming {
  /** The kernel's name. */
  kernel: string;
  /** Dispatches measured. */
  dispatches: number;
  /** Their time together, in milliseconds. */
  milliseconds: number;
}

/** Dispatches between two resolutions; two timestamps each. */
const CAPACITY = 1024;

/** Measures each dispatch with timestamp queries. Costs a pass for every dispatch: only made when asked for. */
export class KernelTimer {
  readonly #queries: GPUQuerySet;
  readonly #device: GPUDevice;
  readonly #resolved: GPUBuffer;
  readonly #totals = new Map<string, KernelTiming>();
  #labels: string[] = [];
  /** What was resolved and not yet collected: readbacks overlap, so that each has a buffer of its own. */
  #resolutions: { readonly labels: readonly string[]; readonly staging: GPUBuffer }[] = [];

  constructor(device: GPUDevice) {
    const size = CAPACITY * 2 * 8;
    this.#device = device;
    this.#queries = device.createQuerySet({ type: "timestamp", count: CAPACITY * 2 });
    this.#resolved = device.createBuffer({
      size,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
  }

  /** Where the next dispatch of `label` writes its begin and end, or nothing once {@linkcode CAPACITY} wait to be resolved. */
  next(label: string): GPUComputePassTimestampWrites | undefined {
    if (this.#labels.length === CAPACITY) return undefined;
    const index = this.#labels.push(label) * 2 - 2;
    return { querySet: this.#queries, beginningOfPassWriteIndex: index, endOfPassWriteIndex: index + 1 };
  }

  /** Records the copy of the timestamps; call before the submission ends, then {@linkcode KernelTimer.collect}. */
  resolve(encoder: GPUCommandEncoder): void {
    const labels = this.#labels;
    if (labels.length === 0) return;
    this.#labels = [];
    const size = labels.length * 16;
    const staging = this.#device.createBuffer({
      size,
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    });
    encoder.resolveQuerySet(this.#queries, 0, labels.length * 2, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, staging, 0, size);
    this.#resolutions.push({ labels, staging });
  }

  /** Adds up the resolved timestamps, in nanoseconds by WebGPU's rule. */
  async collect(): Promise<void> {
    const resolutions = this.#resolutions;
    this.#resolutions = [];
    for (const { labels, staging } of resolutions) {
      await staging.mapAsync(GPUMapMode.READ);
      const times = new BigUint64Array(staging.getMappedRange());
      labels.forEach((kernel, i) => {
        const timing = this.#totals.get(kernel) ?? { kernel, dispatches: 0, milliseconds: 0 };
        timing.dispatches++;
        timing.milliseconds += Number(times[2 * i + 1] - times[2 * i]) / 1e6;
        this.#totals.set(kernel, timing);
      });
      staging.destroy();
    }
  }

  /** The totals so far, slowest kernel first. */
  totals(): KernelTiming[] {
    return [...this.#totals.values()].sort((a, b) => b.milliseconds - a.milliseconds);
  }

  /** Frees the queries and buffers. */
  destroy(): void {
    this.#queries.destroy();
    this.#resolved.destroy();
    for (const { staging } of this.#resolutions) staging.destroy();
  }
}
