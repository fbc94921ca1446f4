import type { CheckpointPrecision } from "../../models/checkpoint/checkpoint.ts";
import type { BackendName } from "../../models/backend.ts";
import type { DatasetPaths } from "./list_entries.ts";
import type { NetworkChoice } from "./start_weights.ts";

/** What to train on what, and how. */
export interface TrainingOptions extends NetworkChoice, DatasetPaths {
  readonly skip: number;
  readonly limit?: number;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly schedule: "step" | "one-cycle";
  readonly patchSizes: readonly number[];
  readonly stride?: number;
  readonly patches?: number;
  readonly rim: number;
  readonly zoom: number;
  readonly crackShare: number;
  readonly augment: boolean;
  readonly seed: number;
  readonly validation: number;
  readonly out: string;
  readonly precision: CheckpointPrecision;
  readonly backend?: BackendName;
  readonly threads?: number;
  readonly saveEvery: number;
  readonly restart: boolean;
  readonly quiet: boolean;
  /** The command's arguments, for the card. */
  readonly args: readonly string[];
}
