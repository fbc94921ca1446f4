/**
 * A thread that computes gradients of a segmentation network and of its discriminator.
 *
 * @module
 */
import type { Snapshot } from "../../threads/shared_values.ts";
import { serveGradients } from "../../training/gradient_threads.ts";
import { adversarialGradientModel, type PairGradientDescription } from "./gradients.ts";
import { restorePair } from "./pair.ts";

serveGradients((snapshot: Snapshot<PairGradientDescription>) =>
  adversarialGradientModel(restorePair(snapshot), snapshot.description.settings)
);
