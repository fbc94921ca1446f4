/**
 * A thread that shows images to a segmentation network of its own.
 *
 * @module
 */
import { serveNetwork } from "../threads/serve_network.ts";
import { restoreSegmenter } from "./bare_segmenter.ts";
import { predictOnHost } from "./host_prediction.ts";

serveNetwork({ restore: restoreSegmenter, work: predictOnHost });
