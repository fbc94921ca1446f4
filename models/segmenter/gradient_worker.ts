/**
 * A thread that computes gradients of a segmentation network.
 *
 * @module
 */
import type { Snapshot } from "../threads/shared_values.ts";
import { serveGradients } from "../training/gradient_threads.ts";
import { restoreSegmenter } from "./bare_segmenter.ts";
import { type SegmenterGradientDescription, segmenterGradientModel } from "./gradients.ts";

serveGradients((snapshot: Snapshot<SegmenterGradientDescription>) => {
  const { description: { loss, ...description }, weights } = snapshot;
  return segmenterGradientModel(restoreSegmenter({ description, weights }), { loss });
});
