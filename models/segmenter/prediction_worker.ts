/**
 * A thread that shows images to a segmentation network of its own.
 *
 * @module
 */
import { serveNetwork } from "../threads/serve_network.ts";
import { predictOnHost, restoreSegmenter } from "./bare_segmenter.ts";

serveNetwork({ restore: restoreSegmenter, work: predictOnHost });
