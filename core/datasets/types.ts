import type { MaskForm } from "./mask_form.ts";

/** The layouts of folders that {@linkcode openDataset} knows. */
export const LAYOUTS = ["crack500", "cfd", "ael", "dcd", "cracksc", "folder", "classes"] as const;

/** How the files of a dataset lie. */
export type Layout = typeof LAYOUTS[number];

/** Which pixels of a photo are crack, drawn by people. */
export interface TruthMask {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** One value a pixel, row-major: 1 crack, 0 background, whatever the file holds for them. */
  readonly data: Uint8Array;
  /** How the file holds it. */
  readonly form: MaskForm;
}

/** A photo with its truth. Nothing of it is held: each call reads the files. */
export interface DatasetSample {
  /** Unique in its split: the photo's path below the split's folder, without extension. */
  readonly name: string;
  /** `train`, `val`, `test`, as the folders say; `all` where they tell no splits apart. */
  readonly split: string;
  /** The file of the photo. */
  readonly imagePath: string;
  /** The file of its mask. Without: the photo is labelled as a whole, by the folder that it lies in. */
  readonly truthPath?: string;
  /** The photo, upright, RGBA. */
  image(): Promise<ImageData>;
  /** Its mask; or whether it shows a crack, where photos are labelled as a whole. */
  truth(): Promise<TruthMask | boolean>;
  /**
   * Both.
   *
   * @throws {RangeError} When the mask has another size than the photo.
   */
  read(): Promise<{ readonly image: ImageData; readonly truth: TruthMask | boolean }>;
}

/** Something that keeps a file of a dataset from being used. */
export interface DatasetProblem {
  /** What it is. */
  readonly kind:
    | "photo without truth"
    | "truth without photo"
    | "ambiguous name"
    | "empty split"
    | "list entry";
  /** The split that it would belong to. */
  readonly split: string;
  /** The file, or the folder or list that names it. */
  readonly path: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
}

/** Photos with their truth, as they lie on the disk. */
export interface Dataset {
  /** The folder or list file, as it was given. */
  readonly path: string;
  /** The layout that was recognised or asked for. */
  readonly layout: Layout;
  /** The splits and how many photos with truth each has. */
  readonly splits: ReadonlyMap<string, number>;
  /** What was decided about the dataset, in sentences: layout, truth, what is left out. */
  readonly notes: readonly string[];
  /** What cannot be used and is left out. */
  readonly problems: readonly DatasetProblem[];
  /** By split, and in the natural order of their names. */
  readonly samples: readonly DatasetSample[];
}
