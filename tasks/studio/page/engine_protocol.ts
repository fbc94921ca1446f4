import type { CrackMeasurement } from "../../../core/measure/crack_measurement.ts";
import type { Pixels, Size } from "./box.ts";
import type { SavedFile, SavedKind, SavedPhoto } from "./saved.ts";
import type { Backend, BackendName } from "../../../models/backend.ts";

/** How cracks are looked for: `label` leaves out pieces that can be no crack, `predict` shows all that the network sees. */
export type Method = "label" | "predict";

/** How a photo is looked at. */
export interface Look {
  readonly method: Method;
  /** The scale of the first of several looks, each at half the scale of the one before. Default: the smallest at which the photo loses no detail. */
  readonly scale?: number;
}

/** What the page asks of its workers, which decode and compute; see `engine.ts`. */
export type EngineRequest =
  | { readonly ask: "open"; readonly backend: BackendName | undefined }
  | { readonly ask: "decode"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly ask: "mark"; readonly pixels: Pixels; readonly look: Look }
  | { readonly ask: "stages"; readonly pixels: Pixels; readonly scale: number | undefined }
  | {
    readonly ask: "measure";
    readonly photo: Pixels;
    readonly mask: Uint8Array<ArrayBuffer>;
    readonly mmPerPixel: number | undefined;
  }
  // Files of photos are begun, given one photo after the other, and ended.
  | { readonly ask: "begin files"; readonly kind: SavedKind }
  | { readonly ask: "add to files"; readonly photo: SavedPhoto }
  | { readonly ask: "end files" }
  | {
    readonly ask: "encode";
    readonly width: number;
    readonly height: number;
    readonly grey: Uint8Array<ArrayBuffer>;
  };

/** What the worker computes on. */
export interface Engine extends Backend {
  /** The WebGPU adapter in words. */
  readonly adapter: string;
  /** The segmentation network. */
  readonly network: string;
}

/** What the network sees in a photo. */
export interface Marked {
  /** Confidences, 0..1, row-major. */
  readonly confidence: Float32Array<ArrayBuffer>;
  /** 1 for crack, row-major. */
  readonly mask: Uint8Array<ArrayBuffer>;
  /** The largest scale at which the photo was looked at. */
  readonly scale: number;
  /** A sentence where the photo is out of what the network knows. */
  readonly warning?: string;
}

/** An intermediate picture of a label, grey. */
export interface StagePicture extends Size {
  readonly title: string;
  /** What is to be seen in it: a sentence. */
  readonly note: string;
  /** 0..255, row-major. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/** A PNG file. */
export interface Encoded {
  readonly png: Uint8Array<ArrayBuffer>;
}

/** What the worker answers. */
export type EngineReply =
  | Engine
  | Pixels
  | Marked
  | Encoded
  | CrackMeasurement
  | SavedFile
  | readonly StagePicture[]
  | undefined;
