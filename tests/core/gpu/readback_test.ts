import assert from "node:assert/strict";
import { Readback } from "../../../core/gpu/readback.ts";
import { sharedCompute } from "../testing.ts";

const shared = sharedCompute();

/** A device's staging buffers, counted while they exist. */
function countBuffers(device: GPUDevice): { device: GPUDevice; alive: Set<GPUBuffer> } {
  const alive = new Set<GPUBuffer>();
  const createBuffer = (descriptor: GPUBufferDescriptor): GPUBuffer => {
    const buffer = device.createBuffer(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    alive.add(buffer);
    buffer.destroy = () => {
      alive.delete(buffer);
      destroy();
    };
    return buffer;
  };
  return { device: { createBuffer } as GPUDevice, alive };
}

Deno.test("Readback keeps few staging buffers, however many reads follow each other at once", async () => {
  const { device } = await shared();
  const { device: counted, alive } = countBuffers(device);
  const readback = new Readback(counted);
  const source = device.createBuffer({ size: 4, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
  for (let i = 0; i < 300; i++) {
    device.queue.writeBuffer(source, 0, new Uint32Array([i]));
    const bytes = await readback.read(4, (staging) => {
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(source, 0, staging, 0, 4);
      device.queue.submit([encoder.finish()]);
    });
    assert.deepEqual([...new Uint32Array(bytes)], [i]);
  }
  // Requests to map settle up to 10 ms later.
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(alive.size <= 8, `${alive.size} staging buffers`);
  readback.clear();
  assert.equal(alive.size, 0);
  source.destroy();
});
