/**
 * Scores patches with as many threads as the permissions allow and reports on them, for the tests. With the argument `forget` it
 * leaves the classifier to itself.
 *
 * @module
 */
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { openBackend } from "../../../models/backend.ts";
import { createClassifier } from "../../../models/classifier/classifier.ts";

using compute = await openCompute();
await openBackend({ backend: "wasm" });
const classifier = createClassifier({ arch: "resnet18", width: 0.125, seed: 3 });
const plan = classifier.startThreads();
const data = Float32Array.from({ length: 200 * 32 * 32 * 3 }, (_, i) => i * i % 256);
using patches = compute.upload({ width: 32, height: 200 * 32, channels: 3, data });
using scores = await classifier.scorePatches(patches, 32);
using seen = await classifier.activations(patches);
console.log(
  JSON.stringify({ plan, scores: [...await scores.read()], features: [...await seen.features.read()] }),
);
if (Deno.args[0] !== "forget") classifier.dispose();
