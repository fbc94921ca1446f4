/**
 * Gradients in two threads, for the tests: without read access there is but one.
 *
 * @module
 */
import { openBackend } from "../../../models/backend.ts";
import { createClassifier } from "../../../models/classifier/classifier.ts";
import { classifierGradientModel } from "../../../models/classifier/gradients.ts";
import { GradientThreads } from "../../../models/training/gradient_threads.ts";

await openBackend({ backend: "wasm" });
using classifier = createClassifier({ arch: "resnet18", width: 0.125 });
using threads = await GradientThreads.open(classifierGradientModel(classifier), 2);
const pixels = Float32Array.from({ length: 4 * 8 * 8 * 3 }, (_, i) => i * i % 256);
const { loss } = await threads.gradients({ pixels, size: 8, crack: Uint8Array.of(1, 0, 1, 0) });
console.log(JSON.stringify({ loss, working: threads.working, reason: threads.reason }));
