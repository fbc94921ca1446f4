/** Whether a device can go on computing: its last error, whether it was lost, whether it was closed. */
export class DeviceState {
  /** An error of the device that no check has reported yet. */
  #failure: Error | undefined;
  #lost: Error | undefined;
  #closed = false;

  /** @param description the device in words, for the errors. */
  constructor(device: GPUDevice, description: string) {
    device.addEventListener("uncapturederror", (event) => {
      if (!(event instanceof GPUUncapturedErrorEvent)) return;
      event.preventDefault();
      this.#failure ??= new Error(`Cannot compute on ${description}: ${oneLine(event.error.message)}.`);
    });
    device.lost.then(({ reason, message }) => {
      if (this.#closed) return;
      this.#lost = new Error(
        `Cannot go on computing on ${description}: the device was lost (${
          oneLine(message || reason)
        }); open it again.`,
      );
    });
  }

  /** True from {@linkcode DeviceState.close} on. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Says that the device is about to be destroyed, so that its loss is not reported. */
  close(): void {
    this.#closed = true;
  }

  /**
   * Throws what stands in the way.
   *
   * @throws {TypeError} if the device was closed.
   * @throws {Error} if it was lost, or something on it failed since the last check.
   */
  check(): void {
    if (this.#closed) {
      throw new TypeError("Cannot compute: the device was disposed of earlier; open it again.");
    }
    if (this.#lost) throw this.#lost;
    const failure = this.#failure;
    // Reported once: the next photo may well succeed.
    this.#failure = undefined;
    if (failure) throw failure;
  }
}

/** A driver's message as part of a sentence. */
function oneLine(message: string): string {
  return message.trim().replaceAll(/\s+/g, " ").replace(/\.$/, "");
}
