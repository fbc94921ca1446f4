import { callback, type Schema } from "./arguments.ts";

/** How far the work on a photo is. */
export interface PhotoProgress {
  /** What is counted: tiles that a network is shown, patches that a classifier is, or strips of rows that are labelled. */
  readonly unit: "tile" | "patch" | "strip";
  /** How many are done. */
  readonly done: number;
  /** Of so many. A photo may be counted through in one unit, then in another. */
  readonly total: number;
}

/** Told how far the work on a photo is. */
export type OnProgress = (progress: PhotoProgress) => void;

/** The type of such an option. */
export const ON_PROGRESS: Schema<OnProgress> = callback<OnProgress>();
