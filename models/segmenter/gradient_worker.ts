/**
 * A thread that computes gradients of a segmentation network.
 *
 * @module
 */
import { answerGradientRequests } from "../training/serve_gradients.ts";
import { openSegmenterTrainee } from "./segmenter_trainee.ts";

answerGradientRequests(openSegmenterTrainee);
