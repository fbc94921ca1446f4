/** One stage of the method on one photo. */
export interface ReportStage {
  readonly key: string;
  readonly title: string;
  /** What to see in it, in a sentence. */
  readonly note: string;
  /** PNG or JPEG. */
  readonly image: Uint8Array;
}

/** A photo whose crack was marked. */
export interface PhotoEntry {
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
  /** Time that it took. */
  readonly seconds: number;
}

/** A photo that was labelled. */
export interface LabelledEntry extends PhotoEntry {
  /** Whether there is enough crack for the photo to be trained on. */
  readonly usable: boolean;
}

/** A photo on a page. */
export interface PagePhoto extends PhotoEntry {
  /** One of the states of {@linkcode ReportPage}. */
  readonly state: string;
  /** What is to be noted, as a sentence. */
  readonly remark?: string;
}

/** A photo that something failed for. */
export interface FailedEntry {
  readonly name: string;
  /** Why, in a sentence. */
  readonly error: string;
}

/** A photo of a report of labels. */
export type ReportEntry = LabelledEntry | FailedEntry;

/** A photo of a page, or its failure. */
export type PageEntry = PagePhoto | FailedEntry;

/** What a page of photos and their masks says besides the photos. */
export interface ReportPage {
  readonly title: string;
  readonly date: Date;
  readonly version: string;
  /** Counts and what they count, in words that stand behind them. */
  readonly figures: readonly (readonly [count: number, text: string])[];
  /** Photos that are shown. */
  readonly done: number;
  readonly failed: number;
  /** Sum of the times of the photos. */
  readonly seconds: number;
  /** What the details are about: `How these labels were made`. */
  readonly about: string;
  /** The details: what, and its value. */
  readonly made: readonly (readonly [term: string, value: string])[];
  /** The adapter that the kernels ran on and the backend of the network. */
  readonly adapter: string;
  readonly backend: string;
  readonly parametersTitle: string;
  /** Parameters by name; objects within are shown as `outer.inner`. */
  readonly parameters: object;
  /** What photos can be filtered by, and how that is called. */
  readonly states: readonly (readonly [state: string, text: string])[];
}

/** All that a report of labels shows. */
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
  readonly minCrackPixels: number;
  /** The photos, in the order of their names; given lazily, few of them are in memory at a time. */
  readonly entries: Iterable<ReportEntry> | AsyncIterable<ReportEntry>;
}
