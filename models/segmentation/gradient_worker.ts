/**
 * A thread that computes gradients of a segmentation network.
 *
 * @module
 */
import { answerGradientRequests } from "../answer_gradients.ts";
import { openSegmenterTrainee } from "./segmenter_trainee.ts";

answerGradientRequests(openSegmenterTrainee);
