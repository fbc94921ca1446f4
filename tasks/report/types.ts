/** One stage of the method on one photo. */
export interface ReportStage {
  readonly key: string;
  readonly title: string;
  /** What to see in it, in a sentence. */
  readonly note: string;
  /** PNG or JPEG. */
  readonly image: Uint8Array;
}

/** A photo that was labelled. */
export interface LabelledEntry {
  readonly name: string;
  /** Size of the photo itself, in pixels. */
  readonly width: number;
  readonly height: number;
  /** The photo, JPEG, scaled down to a size for the screen. */
  readonly preview: Uint8Array;
  /** The mask in the size of the preview, PNG: coloured where there is crack, transparent elsewhere. */
  readonly overlay: Uint8Array;
  readonly stages: readonly ReportStage[];
  /** Crack pixels of the full-size mask. */
  readonly crackPixels: number;
  /** Crack pixels over all pixels, 0..1. */
  readonly crackShare: number;
  /** Whether there is enough crack for the photo to be trained on. */
  readonly usable: boolean;
  /** Time that labelling took. */
  readonly seconds: number;
}

/** A photo that could not be labelled. */
export interface FailedEntry {
  readonly name: string;
  /** Why, in a sentence. */
  readonly error: string;
}

/** A photo of the report. */
export type ReportEntry = LabelledEntry | FailedEntry;

/** All that a report shows. */
export interface Report {
  readonly title: string;
  readonly date: Date;
  readonly version: string;
  readonly recipe: string;
  /** Every parameter of the recipe; objects within are shown as `outer.inner`. */
  readonly parameters: object;
  readonly classifier: string;
  /** The adapter that the kernels ran on and the backend of the network. */
  readonly adapter: string;
  readonly backend: string;
  readonly totals: {
    readonly labelled: number;
    /** Labelled photos with enough crack to train on. */
    readonly usable: number;
    readonly failed: number;
    /** Sum of the labelling times. */
    readonly seconds: number;
  };
  /** Crack pixels below which a photo is not used for training. */
  readonly leastCrackPixels: number;
  /** The photos, in the order of their names; given lazily, few of them are in memory at a time. */
  readonly entries: Iterable<ReportEntry> | AsyncIterable<ReportEntry>;
}
