import assert from "node:assert/strict";
import { keepOptions } from "../../../tasks/training/training_options.ts";

Deno.test("keepOptions() keeps the named options in the order of the names, and null for one left out", () => {
  const options = { seed: 0, crops: undefined, epochs: 3, augment: false, out: "unet.safetensors" };
  const kept = keepOptions(options, ["epochs", "crops", "augment", "seed"]);
  assert.equal(JSON.stringify(kept), '{"epochs":3,"crops":null,"augment":false,"seed":0}');
});
