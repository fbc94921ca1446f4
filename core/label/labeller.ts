import { ofType, type Schema } from "../arguments.ts";
import type { Compute } from "../gpu/compute.ts";
import type { OnProgress } from "../photo_progress.ts";
import type { ScaledPrediction } from "../predict/predict_scales.ts";
import type { Segmenting } from "../predict/segmenting.ts";
import type { Classifier } from "./classifier.ts";
import type { Stage, StageKind, StageRows } from "./stages.ts";

/** The pseudo label of a photo. */
export interface Label {
  /** Pixels in a row. */
  width: number;
  /** Rows. */
  height: number;
  /** Confidence that a pixel is crack, 0..1, row-major. */
  confidence: Float32Array;
  /** 1 where the confidence exceeds the method's threshold (a recipe's `labelThreshold`), else 0, row-major. */
  mask: Uint8Array;
  /** Ones in the mask. */
  crackPixels: number;
  /** True if the mask has the method's `minCrackPixels`: fewer are no example to train a network on. */
  usableForTraining: boolean;
  /** The intermediate maps in the order of the method; empty unless they were asked to be kept. */
  stages: Stage[];
  /** Of a method that looks at several scales: which these were, and what each counted. */
  scales?: ScaledPrediction["scales"];
  /** A sentence where the photo is out of what the method's networks know. */
  warning?: string;
}

/** What a label is to give besides its mask. */
export interface LabellerOptions {
  /** Keep every intermediate map, too, or pass it on in parts. */
  stages?: boolean | ((rows: StageRows) => void);
  /** Told how far the label is, by methods that work on a photo in parts. */
  onProgress?: OnProgress;
}

/** Whether intermediate maps are wanted. */
export const STAGES_OPTION: Schema<NonNullable<LabellerOptions["stages"]>> = ofType(
  "true, false or a function",
  "boolean",
  "function",
);

/**
 * A method of labelling, with its parameters, a device and networks: who labels photos takes one and need not know which.
 * The methods that exist are {@linkcode labellers}.
 *
 * @example Two methods on one photo
 * ```ts
 * import { camCrfLabeller, decodeImage, type Labeller, loadClassifier, openCompute, paperLabeller } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using classifier = await loadClassifier();
 * const image = await decodeImage(await Deno.readFile("tasks/demo/304.jpg"));
 * const rivals: Labeller[] = [paperLabeller(compute, { classifier }), camCrfLabeller(compute, { classifier })];
 * for (const labeller of rivals) {
 *   const { crackPixels } = await labeller.label(image);
 *   console.log(`${labeller.id}: ${crackPixels} crack pixels`);
 * }
 * ```
 */
export interface Labeller {
  /** Names the method on the command line and in manifests, such as `cam-crf`. */
  readonly id: string;
  /** What reports call it; changed parameters may be part of that. */
  readonly title: string;
  /** Everything that a label depends on apart from the photo and the networks' weights, in values that JSON can hold. */
  readonly settings: Readonly<object>;
  /** Crack pixels that a label needs to be used for training. */
  readonly minCrackPixels: number;
  /** The intermediate maps that its labels can have, in the order of the method. */
  readonly stages: readonly StageKind[];
  /**
   * Labels the crack pixels of an upright photo of any size.
   *
   * @throws {RangeError} if a setting is out of range or the photo exceeds the device's memory.
   */
  label(image: ImageData, options?: LabellerOptions): Promise<Label>;
}

/** The networks that methods of labelling ask. */
export interface LabellerNetworks {
  /** Says whether an image shows crack, and what in it speaks for that. */
  readonly classifier: Classifier;
  /** Says how sure it is of crack at each pixel. */
  readonly segmenter: Segmenting;
}

/** Networks that a {@linkcode LabellerFactory} is handed whether its method asks them or not. */
export type OtherNetworks = { readonly segmenter?: Segmenting };

/**
 * Makes a {@linkcode Labeller} of a method, which asks one of the networks or both. Device and networks stay the caller's to dispose of.
 */
export type LabellerFactory = (compute: Compute, networks: LabellerNetworks) => Labeller;

/** Makes a {@linkcode Labeller} of a method that asks no network. */
export type NetworklessFactory = (compute: Compute, networks?: Partial<LabellerNetworks>) => Labeller;
