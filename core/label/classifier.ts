import { having, type Schema } from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";

/** The two classes of every classifier, in the order of its outputs (as in the authors' code: class 0 is crack). */
export const CLASSES = ["crack", "no_crack"] as const;

/** What a classifier's last convolution saw in one image, and how its two logits depend on it. */
export interface Activations extends Disposable {
  /** Output A of the last convolution, h × w × K, after its activation. Owned by the caller of {@linkcode Classifier.activations}. */
  readonly features: Plane;
  /** The logits of {@linkcode CLASSES}, before the softmax. */
  readonly logits: readonly [number, number];
  /**
   * For each class, the gradient of its logit with respect to the spatial mean of each channel of A: K values each.
   * With global average pooling before the head this is all that Grad-CAM and Grad-CAM++ need.
   */
  readonly gradients: readonly [Float32Array, Float32Array];
}

/**
 * What the label recipe asks of a crack classifier. The networks of `models/` implement it; core stays free of any tensor
 * library. Pixels are RGB on the 0..255 scale: a classifier scales them itself.
 */
export interface Classifier extends Disposable {
  /** Architecture and size in a few words, for manifests and reports, such as `resnet18 × 0.5`. */
  readonly name: string;
  /** Side of the square patches that it was trained on, in pixels. Larger images are better shown to it in tiles. */
  readonly trainingSize: number;
  /**
   * The probability of crack of each patch.
   *
   * @param patches N patches of S × S pixels stacked one below the other: a plane S wide, N · S high, 3 channels, 0..255
   * (the memory layout of an N × S × S × 3 tensor). It is left untouched and stays the caller's.
   * @returns a plane 1 wide, N high, 1 channel, values 0..1, the caller's to dispose.
   */
  scorePatches(patches: Plane, size: number): Promise<Plane>;
  /** The last feature map of a whole image (H × W × 3, 0..255, any size ≥ 1 × 1) and the head's gradients. */
  activations(image: Plane): Promise<Activations>;
}

/** A classifier, whoever made it. */
export const CLASSIFIER: Schema<Classifier> = having<Classifier>(
  ["scorePatches", "activations"],
  "a classifier such as await loadClassifier() gives",
);
