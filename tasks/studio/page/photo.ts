/// <reference lib="dom" />
import { type Signal, signal } from "./view.ts";
import { doubtOf } from "../doubt.ts";
import type { EngineClient } from "./engine_client.ts";
import type { Method, Pixels } from "./engine_protocol.ts";
import { EditedMask, type Found } from "./edited_mask.ts";

/** What a person decided about a photo's mask. */
export type Decision = "accepted" | "corrected" | "rejected";

/** How far the work on a photo is. */
export type Progress =
  | { readonly state: "waiting" | "marking" }
  | { readonly state: "marked"; readonly crackShare: number; readonly warning?: string }
  | { readonly state: "failed"; readonly error: string };

/** Where a photo, and what was found in it before, come from. */
export interface PhotoSource {
  readonly name: string;
  /** The photo's file. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** The share of crack that is known before the photo is opened. */
  readonly crackShare?: number;
  /** What a run found; undefined where the page itself has to look. */
  found?(engine: EngineClient): Promise<Found>;
  /** The mask as it was mended before, 1 for crack, if it was. */
  mended?(engine: EngineClient): Promise<Uint8Array | undefined>;
  /** The file of the mask as it is, for a thumbnail. */
  mask?(): Promise<Blob>;
}

/** What is shown of a photo that was opened. */
export interface OpenedPhoto {
  readonly pixels: Pixels;
  readonly edits: EditedMask;
  readonly confidence: Uint8Array<ArrayBuffer> | undefined;
}

/** A photo of the page. */
export class Photo {
  readonly name: string;
  readonly source: PhotoSource;
  readonly progress: Signal<Progress>;
  readonly decision: Signal<Decision | undefined> = signal(undefined);
  /** Millimetres that a pixel shows, where a scale was drawn. */
  readonly mmPerPixel: Signal<number | undefined> = signal(undefined);
  /** How much doubt there is, as `doubtOf()` tells it. */
  readonly doubt: Signal<number | undefined> = signal(undefined);
  /** Counts what was mended, so that views know. */
  readonly revision: Signal<number> = signal(0);
  /** Seconds that it was looked at. */
  seconds = 0;
  #found: Found | undefined;
  /** The mask of the run: what is shown instead, however it came about, is a correction. */
  #ofRun: Uint8Array | undefined;
  #edits: EditedMask | undefined;
  #marking: Promise<void> | undefined;

  constructor(source: PhotoSource) {
    this.name = source.name;
    this.source = source;
    this.progress = signal(
      source.crackShare === undefined
        ? { state: "waiting" }
        : { state: "marked", crackShare: source.crackShare },
    );
  }

  /** The mask as it is now, once the photo was marked. */
  get edits(): EditedMask | undefined {
    return this.#edits;
  }

  /** Forgets what was found and mended, which has changed elsewhere: it is read anew when the photo is opened. */
  forget(): void {
    this.#found = undefined;
    this.#edits = undefined;
    this.revision.value++;
  }

  /** Decodes the photo, and marks it unless that was done. */
  async open(engine: EngineClient): Promise<OpenedPhoto> {
    const pixels = await engine.decode(await this.source.bytes());
    if (this.#found === undefined) {
      if (this.source.found !== undefined) await this.#take(await this.source.found(engine), { engine });
      else await this.mark(engine, "label", pixels);
    }
    const { width, height } = this.#found!;
    if (width !== pixels.width || height !== pixels.height) {
      throw new RangeError(
        `Cannot show ${this.name}: its mask has ${width} × ${height} pixels, the photo ${pixels.width} × ${pixels.height}.`,
      );
    }
    return { pixels, edits: this.#edits!, confidence: this.#found!.confidence };
  }

  /** Marks the photo here; what was mended goes. */
  async mark(engine: EngineClient, method: Method, decoded?: Pixels): Promise<void> {
    await this.#marking;
    if (decoded === undefined && this.#found !== undefined) return;
    this.#marking = this.#mark(engine, method, decoded);
    await this.#marking;
  }

  async #mark(engine: EngineClient, method: Method, decoded: Pixels | undefined): Promise<void> {
    if (this.progress.value.state === "waiting") this.progress.value = { state: "marking" };
    try {
      const pixels = decoded ?? await engine.decode(await this.source.bytes());
      const { width, height } = pixels;
      const { mask, confidence, warning } = await engine.mark(pixels, method);
      const found = { width, height, mask, confidence: confidenceBytes(confidence) };
      // Who asks for another look does not want what was mended on the one before.
      await this.#take(found, this.#found === undefined ? { engine, warning } : { warning });
    } catch (error) {
      this.progress.value = {
        state: "failed",
        error: error instanceof Error ? error.message : String(error),
      };
      throw error;
    }
  }

  async #take(
    found: Found,
    { engine, warning }: { readonly engine?: EngineClient; readonly warning?: string },
  ): Promise<void> {
    const mended = engine && await this.source.mended?.(engine);
    this.#found = found;
    if (this.source.found !== undefined) this.#ofRun ??= found.mask;
    this.#edits = new EditedMask(found, { mended, before: this.#ofRun });
    this.progress.value = {
      state: "marked",
      crackShare: this.#edits.crackPixels / found.mask.length,
      ...(warning === undefined ? {} : { warning }),
    };
    if (found.confidence !== undefined) this.doubt.value = doubtOf(found.confidence);
    this.revision.value++;
  }
}

/** Confidences as bytes, as `label` writes them: what exceeds 0 is 1 at least. */
function confidenceBytes(confidence: Float32Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(confidence, (value) => value > 0 ? Math.max(1, Math.round(255 * value)) : 0);
}
