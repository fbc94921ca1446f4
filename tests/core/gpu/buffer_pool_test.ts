import assert from "node:assert/strict";
import { BufferPool } from "../../../core/gpu/buffer_pool.ts";
import { sharedCompute } from "../testing.ts";

const shared = sharedCompute();
const USAGE = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;

Deno.test("BufferPool reuses a free buffer of the wanted size, the one released last", async () => {
  const pool = new BufferPool((await shared()).device, USAGE, { beforeDestroy: () => {} });
  const [a, b, c] = [pool.acquire(100), pool.acquire(112), pool.acquire(64)];
  for (const buffer of [a, b, c]) pool.release(buffer);
  assert.equal(pool.retained, 112 + 112 + 64);
  // Sizes are multiples of 16 bytes.
  assert.equal(pool.acquire(97), b);
  assert.equal(pool.acquire(64), c);
  assert.equal(pool.acquire(112), a);
  assert.equal(pool.retained, 0);
  for (const buffer of [a, b, c]) buffer.destroy();
});

Deno.test("BufferPool destroys what is free for longest when too much is, after a warning", async () => {
  const warnings: number[] = [];
  const pool: BufferPool = new BufferPool((await shared()).device, USAGE, {
    beforeDestroy: () => warnings.push(pool.retained),
    capacity: 1000,
  });
  const [old, young, huge] = [pool.acquire(320), pool.acquire(480), pool.acquire(1008)];
  const last = pool.acquire(640);
  pool.release(old);
  pool.release(young);
  assert.deepEqual(warnings, []);
  pool.release(last);
  assert.deepEqual(warnings, [320 + 480 + 640]);
  assert.equal(pool.retained, 640, "480 and 640 together are too many");
  assert.equal(pool.acquire(640), last);
  pool.release(last);
  pool.release(huge);
  assert.equal(pool.retained, 640, "one that exceeds the capacity drives out no others");
  assert.equal(warnings.length, 2);
  pool.clear();
  assert.equal(pool.retained, 0);
});

Deno.test("BufferPool stays small over photos of many sizes and after a large one", async () => {
  const pool = new BufferPool((await shared()).device, USAGE, { beforeDestroy: () => {}, maxAge: 8 });
  const useTwice = (bytes: number): void => {
    const buffers = [pool.acquire(bytes), pool.acquire(bytes)];
    for (const buffer of buffers) pool.release(buffer);
  };
  useTwice(2 ** 20);
  for (let i = 1; i <= 20; i++) {
    useTwice(1024 * i);
    useTwice(1024 * i);
    // Those of the last three sizes, at most.
    assert.ok(i < 4 || pool.retained <= 6 * 1024 * i, `${pool.retained} bytes after size ${i}`);
  }
  pool.clear();
});
