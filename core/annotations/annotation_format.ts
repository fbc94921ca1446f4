import type { AnnotatedPhoto } from "./annotated_photo.ts";
import type { Bitmap, Size } from "./bitmap.ts";

/** A file of annotations. */
export interface AnnotationFile {
  /** Where it belongs below the folder of annotations, `/` between folders. */
  readonly path: string;
  /** What it holds. A text in pieces is made as it is asked for, so that photos need not be held. */
  readonly content: string | Uint8Array | AsyncIterable<string>;
}

/** How cracks are drawn, where a format knows both. */
export type Shapes = "mask" | "polygon";

/** What a format needs to know besides the photos. */
export interface WriteOptions {
  /** What a crack is called. */
  readonly label: string;
  /** How cracks are drawn; formats that know one way draw it that way. */
  readonly shapes: Shapes;
  /** Called with the pixels of a photo that become crack because the shape knows no holes. */
  readonly onLoss: (photo: AnnotatedPhoto, pixels: number) => void;
  /** Called with the cracks of a photo that share their number with another, because the format has too few. */
  readonly onShared: (photo: AnnotatedPhoto, cracks: number) => void;
  /** Called with a sentence where a photo cannot be written; the others are. */
  readonly onProblem: (problem: string) => void;
}

/** A part of a photo that annotations mark. */
export interface MarkedArea {
  /** What it is called. */
  readonly label: string;
  /**
   * Marks it in a picture of the size of its photo.
   *
   * @throws {SyntaxError | RangeError} in a sentence, if it is damaged or of another size.
   */
  readonly paint: (picture: Bitmap) => void | Promise<void>;
}

/** Shapes of a photo that mark no area. */
export interface UnusableShapes {
  /** What they are called; none where that is not known. */
  readonly labels: readonly string[];
  /** Why they cannot be used, in a sentence. */
  readonly reason: string;
}

/** A photo that annotations tell of. */
export interface MarkedPhoto {
  /** Its file as the annotations name it, perhaps with folders, perhaps without an extension. */
  readonly file: string;
  /** Where its file lies, if the annotations lie where they were made. */
  readonly path?: string;
  /** Its size, where the annotations say so. */
  readonly size?: Size;
  /** What they mark in it. */
  readonly areas: readonly MarkedArea[];
  /** Why nothing of it can be used, in a sentence; it is then not known what it shows. */
  readonly damage?: string;
  /** Shapes that mark no area, such as boxes and lines: where they are of cracks, `areas` is not all that the photo shows. */
  readonly unusable: readonly UnusableShapes[];
}

/** Annotations that were opened. */
export interface AnnotationSet {
  /** What the areas are called, each name once. */
  readonly labels: readonly string[];
  /** What belongs to no photo and cannot be used, in sentences. */
  readonly problems: readonly string[];
  /** Images that are annotations, and no photos. */
  readonly masks?: readonly string[];
  /** How many photos there are. */
  readonly count: number;
  /** Gives each photo. */
  photos(): Iterable<MarkedPhoto> | AsyncIterable<MarkedPhoto>;
}

/** How annotations are written and read. */
export interface AnnotationFormat {
  /** What programs call it. */
  readonly title: string;
  /** How cracks are drawn where nothing is said. */
  readonly shapes: Shapes;
  /** Whether they may be drawn the other way, too. */
  readonly bothShapes: boolean;
  /** The folder, below that of annotations, in which its programs look for photos; empty for that folder itself. */
  readonly photoFolder: string;
  /** Makes the files; photos are taken one by one, as files are asked for. */
  readonly write: (
    photos: AsyncIterable<AnnotatedPhoto>,
    options: WriteOptions,
  ) => AsyncGenerator<AnnotationFile>;
  /** Opens a file or a folder of annotations. */
  readonly open: (path: string) => Promise<AnnotationSet>;
}
