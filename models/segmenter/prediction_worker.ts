/**
 * A thread that shows pictures to its copy of a segmentation network.
 *
 * @module
 */
import { serveRequests } from "../threads/serve_requests.ts";
import { openBackend } from "../backend.ts";
import { predictOnHost, type WholePicture } from "./host_prediction.ts";
import type { Segmenter } from "./segmenter.ts";
import type { SegmenterCopy } from "./segmenter_copy.ts";
import { openSegmenterReplica } from "./segmenter_replica.ts";

/** What the thread is told: first, and whenever its values change, which segmenter; then pictures. */
export type PredictionRequest = SegmenterCopy | WholePicture;

/** What it answers: nothing, or the confidences of a picture. */
export type PredictionReply = undefined | Float32Array[];

let replica: Segmenter | undefined;

serveRequests<PredictionRequest, PredictionReply>(async (request) => {
  if ("pixels" in request) return await predictOnHost(replica as Segmenter, request);
  await openBackend({ backend: "wasm" });
  replica?.dispose();
  replica = openSegmenterReplica(request);
  // Made at once: the asking thread does not keep the values.
  void replica.parameters;
  return undefined;
});
