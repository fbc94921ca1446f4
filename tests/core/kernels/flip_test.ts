import assert from "node:assert/strict";
import { flip } from "../../../core/kernels/flip.ts";
import { flipOracle } from "../../oracles/flip.ts";
import { sharedCompute, testImages } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 4096 });

Deno.test("flip() equals the oracle at any size, content and number of channels, in bands too", async () => {
  for (const compute of [await whole(), await banded()]) {
    for (const channels of [1, 3]) {
      for (const source of testImages(channels)) {
        using plane = compute.upload(source);
        for (const options of [{}, { across: true }, { down: true }, { across: true, down: true }]) {
          using flipped = flip(plane, options);
          const message = `${source.width} × ${source.height} × ${channels} ${source.content}`;
          assert.deepEqual([...await flipped.read()], flipOracle(source, options), message);
        }
      }
    }
  }
});
