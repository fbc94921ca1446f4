import type { Compute } from "../../core/gpu/compute.ts";
import type { BackendName } from "../../models/backend.ts";
import type { TrainingRecord } from "../../models/checkpoint/checkpoint.ts";
import type { RestorableOptimiser } from "../../models/checkpoint/decode_checkpoint.ts";
import type { SaveCheckpointOptions } from "../../models/checkpoint/encode_checkpoint.ts";
import type { BatchGradients, GradientModel, TrainableNetwork } from "../../models/training/gradients.ts";
import type { SgdSchedule } from "../../models/training/sgd.ts";
import type { DecodedPhotos } from "./decoded_photos.ts";
import type { ImportRecord } from "./start_weights.ts";
import type { CardHead, LearningCurve } from "./training_card.ts";
import type { CurvePoint, Quotient } from "./training_log.ts";

/** What moves the values of a network, and goes on where it stopped. */
export interface TrainingOptimiser extends RestorableOptimiser, Disposable {
  /** What it remembers of the steps before, by name. */
  state(): NonNullable<SaveCheckpointOptions["optimiserState"]>;
}

/** The types of one kind of training, by what they are of. */
export interface TrainingKind {
  readonly network: TrainableNetwork & Disposable;
  readonly optimiser: TrainingOptimiser;
  /** What network it is and where its first values come from, as the card keeps it. */
  readonly choice: object;
  /** What else decides the result, as the card keeps it; see {@linkcode CommonSettings}. */
  readonly settings: CommonSettings;
  /** Of a photo. */
  readonly truth: unknown;
  /** Which photos were asked for, as the card keeps it. */
  readonly data: object;
  /** A batch on the host. */
  readonly batch: object;
  readonly gradients: BatchGradients;
  /** Names of the figures of a step. */
  readonly curve: string;
  /** Figures of the network on photos held back. */
  readonly figures: object;
  readonly card: object;
}

/** What decides the result of any training. */
export interface CommonSettings {
  readonly epochs: number;
  /** Examples a step. */
  readonly batch: number;
  readonly learningRate: number;
  readonly schedule: "step" | "one-cycle";
  readonly momentum: number;
}

/** All that decides the result of a training, its photos apart. */
export type SettingsOf<Kind extends TrainingKind> = Kind["choice"] & Kind["settings"] & {
  /** Parts of a batch that are normalised each by itself. */
  readonly threads: number;
  readonly backend: BackendName;
};

/** The photos of a training, and what its first values were taken from. */
export type DataOf<Kind extends TrainingKind> = Kind["data"] & {
  /** Names of the photos that examples are cut from; `+` before those with extra labels. */
  readonly photos: readonly string[];
  /** Names of the photos held back. */
  readonly validationPhotos: readonly string[];
  /** Names of the photos whose truth is not looked at, where the training takes some. */
  readonly unlabelledPhotos?: readonly string[];
  /** What was taken of the weights of another library; null where there were none. */
  readonly imported: ImportRecord | null;
};

/** The network on photos held back, after an epoch. */
export type FiguresOf<Kind extends TrainingKind> = {
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
} & Kind["figures"];

/** A network that is going to be trained. */
export interface ChosenNetwork<Network, Choice> {
  readonly choice: Choice;
  /** What was taken of another library's file; null for none. */
  readonly imported: ImportRecord | null;
  /** What the first weights lacked or had in excess, for the user. */
  readonly notes: readonly string[];
  /** Makes it. */
  create(): Network;
}

/** A checkpoint of a network that may be in training. */
export interface LoadedCheckpoint<Network> {
  readonly network: Network;
  /** Where its training stood, if it was saved. */
  readonly training: TrainingRecord | undefined;
  readonly restoreOptimiser: ((optimiser: RestorableOptimiser) => void) | undefined;
}

/** The photos of a training, opened. */
export interface OpenedPhotos<Kind extends TrainingKind> {
  readonly data: Kind["data"];
  readonly training: DecodedPhotos<Kind["truth"]>;
  readonly heldBack?: DecodedPhotos<Kind["truth"]>;
  /** Photos whose truth is not looked at, where the training takes some. */
  readonly unlabelled?: DecodedPhotos<Kind["truth"]>;
  /** How many could not be used. */
  readonly failures: number;
}

/** A step that is done. */
export interface FinishedStep<Kind extends TrainingKind> {
  /** From 0 over all epochs. */
  readonly step: number;
  /** Milliseconds spent on cutting, altering and fetching examples. */
  readonly dataTime: number;
  readonly figures: Readonly<Record<Kind["curve"], Quotient>>;
}

/** How steps are made. */
export interface StepOptions<Kind extends TrainingKind> extends Omit<SgdSchedule, "optimiser"> {
  readonly optimiser: Kind["optimiser"];
  /** Computes the gradients of a batch on the host. */
  readonly gradients: (batch: Kind["batch"]) => Promise<Kind["gradients"]>;
  /** Called after each step, and waited for. */
  readonly onStep: (step: FinishedStep<Kind>) => Promise<void>;
}

/** A network with what it is trained on, ready to make steps. */
export interface Trainer<Kind extends TrainingKind> {
  readonly stepsPerEpoch: number;
  readonly examplesPerEpoch: number;
  train(options: StepOptions<Kind>): Promise<void>;
  /**
   * Makes the network fit to be used, as it stands.
   *
   * @param firstStep the first of the steps whose batches its statistics are taken of.
   */
  prepareForInference(firstStep: number): Promise<void>;
  /** Makes it fit to be trained on again, where that differs. */
  prepareForTraining?(): void;
  /** Measures a network that is prepared for inference on photos held back. */
  validate(heldBack: DecodedPhotos<Kind["truth"]>): Promise<Kind["figures"]>;
}

/** What a {@linkcode Trainer} is made of. */
export interface TrainerParts<Kind extends TrainingKind> {
  readonly compute: Compute;
  readonly network: Kind["network"];
  readonly photos: DecodedPhotos<Kind["truth"]>;
  /** Photos whose truth is not looked at, where the training takes some. */
  readonly unlabelled?: DecodedPhotos<Kind["truth"]>;
}

/** A training that came to its end. */
export interface FinishedTraining<Kind extends TrainingKind> {
  readonly head: CardHead;
  readonly network: Kind["network"];
  readonly settings: SettingsOf<Kind>;
  readonly data: DataOf<Kind>;
  readonly steps: number;
  /** Examples seen. */
  readonly examples: number;
  readonly validation: readonly FiguresOf<Kind>[];
  readonly curve: readonly CurvePoint<Kind["curve"]>[];
}

/** A kind of network to be trained, and on what: what `runTraining()` does not know itself. */
export interface TrainingTask<Kind extends TrainingKind> {
  /** Of the command: `classifier:train`. */
  readonly name: string;
  /** What a batch is made of: `patches`. */
  readonly examples: string;
  /** Names of the figures of a step. */
  readonly curve: readonly Kind["curve"][];
  readonly settings: Kind["settings"];
  /** The fewest examples that batch norm is given in one part of a batch. */
  readonly minPart: number;
  /** Epochs after each of which the rate of the schedule `step` falls. */
  readonly epochsPerRate: number;
  /** Names the network, and reads the file that it starts from. */
  chooseNetwork(): Promise<ChosenNetwork<Kind["network"], Kind["choice"]>>;
  load(bytes: Uint8Array<ArrayBuffer>): Promise<LoadedCheckpoint<Kind["network"]>>;
  encode(network: Kind["network"], options: SaveCheckpointOptions): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * @param note is given a line for each photo that cannot be used.
   * @param inform is given lines about the others: how their masks are read, how much crack they show.
   */
  openPhotos(note: (line: string) => void, inform: (line: string) => void): Promise<OpenedPhotos<Kind>>;
  createOptimiser(options: Pick<CommonSettings, "momentum">): Kind["optimiser"];
  /** The network as several threads train it. */
  gradientModel(network: Kind["network"]): GradientModel<Kind["batch"], Kind["gradients"]>;
  trainer(parts: TrainerParts<Kind>): Promise<Trainer<Kind>>;
  /** The figures of the last steps, in words. */
  describeSteps(recent: Readonly<Record<Kind["curve"], number>>): string;
  /** The network on photos held back, in words, where that is reported at once. */
  describeFigures?(figures: FiguresOf<Kind>): string;
  /** The best of them, where the network of that epoch is kept; else it is the last. */
  best?(validation: readonly FiguresOf<Kind>[]): FiguresOf<Kind> | undefined;
  /** All about a training: what is written beside the network. */
  card(finished: FinishedTraining<Kind>): Kind["card"];
  learningCurve(card: Kind["card"]): LearningCurve;
}
