import type { AnnotationFormatName } from "../../../core/annotations/formats.ts";
import type { Size } from "./box.ts";
import type { ReviewedPhoto } from "../review.ts";

/** What can be saved of photos. */
export type SavedKind = "confidences" | "cracks" | "facts" | "review" | AnnotationFormatName;

/** What each is, for people. */
export const SAVED: Readonly<Record<SavedKind, string>> = {
  masks: "Masks, PNG",
  confidences: "Confidences, PNG",
  cracks: "Lengths and widths of cracks, CSV",
  facts: "What is known of photos, JSON",
  coco: "Annotations: COCO",
  labelme: "Annotations: labelme",
  "label-studio": "Annotations: Label Studio",
  cvat: "Annotations: CVAT for images",
  voc: "Annotations: Pascal VOC",
  yolo: "Annotations: YOLO",
  review: "The whole review, for Hairline's commands",
};

/** What is saved of a photo. */
export interface SavedPhoto extends Size {
  /** The name of its outputs, unique among all. */
  readonly name: string;
  /** Its file's name. */
  readonly file: string;
  /** 1 for crack, row-major: as it is now, and as it was found. */
  readonly mask: Uint8Array<ArrayBuffer>;
  readonly before: Uint8Array<ArrayBuffer>;
  /** How sure the network is, 0..255. */
  readonly confidence: Uint8Array<ArrayBuffer> | undefined;
  /** What is known of it, for programs. */
  readonly facts: object;
  /** What was decided about it. */
  readonly review: Omit<ReviewedPhoto, "name">;
  /** Its file, where {@linkcode needsPhoto}. */
  readonly photo: Uint8Array<ArrayBuffer> | undefined;
}

/** Whether the photos themselves are looked at. */
export function needsPhoto(kind: SavedKind): boolean {
  return kind === "cracks" || kind === "review";
}

/** A file that a person saves. */
export interface SavedFile {
  readonly name: string;
  readonly content: Blob;
}
