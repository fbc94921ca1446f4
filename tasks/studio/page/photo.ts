/// <reference lib="dom" />
import { type Signal, signal } from "./view.ts";
import { confidenceBytes } from "../../batch/map_bytes.ts";
import { doubtOf } from "../doubt.ts";
import type { Decision } from "../review.ts";
import type { EngineClient } from "./engine_client.ts";
import type { Look } from "./engine_protocol.ts";
import { type Box, cutPixels, cutValues, grownBox, type Pixels } from "./box.ts";
import { EditedMask, type Found } from "./edited_mask.ts";
import { readMask } from "./grey_files.ts";
import type { Stage } from "./stage.ts";

export type { Decision };

/** How far the work on a photo is. */
export type Progress =
  | { readonly state: "waiting" | "marking" }
  | { readonly state: "marked"; readonly crackShare: number; readonly warning?: string }
  | { readonly state: "failed"; readonly error: string };

/** Where a photo, and what was found in it before, come from. */
export interface PhotoSource {
  readonly name: string;
  /** The name of its file. Default: its own. */
  readonly fileName?: string;
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
  /** What the run kept of the steps of its label, if it kept any. */
  readonly stages?: readonly Stage[];
  /** The file of the mask that the run beside has of it, if one lies beside. */
  beside?(): Promise<Blob>;
}

/** What is shown of a photo that was opened. */
export interface OpenedPhoto {
  readonly pixels: Pixels;
  readonly edits: EditedMask;
  /** The mask of the run beside, 1 for crack; undefined where none of this size lies there. */
  readonly beside?: Uint8Array;
}

/** A photo of the page. */
export class Photo {
  readonly name: string;
  /** The name of its file, with its extension. */
  readonly fileName: string;
  readonly source: PhotoSource;
  readonly progress: Signal<Progress>;
  readonly decision: Signal<Decision | undefined> = signal(undefined);
  /** Millimetres that a pixel shows, where a scale was drawn. */
  readonly mmPerPixel: Signal<number | undefined> = signal(undefined);
  /** How much doubt there is, as `doubtOf()` tells it. */
  readonly doubt: Signal<number | undefined> = signal(undefined);
  /** How much the masks of this run and the one beside agree, as `agreementOf()` tells it. */
  readonly agreement: Signal<number | undefined> = signal(undefined);
  /** Counts what was mended, so that views know. */
  readonly revision: Signal<number> = signal(0);
  /** Seconds that it was looked at. */
  seconds = 0;
  /** When it was kept last, ISO 8601. */
  at: string | undefined;
  /** Pixels that were mended, when it was kept last. */
  changedPixels = 0;
  #edits: EditedMask | undefined;
  #marking: Promise<void> | undefined;

  constructor(source: PhotoSource) {
    this.name = source.name;
    this.fileName = source.fileName ?? source.name;
    this.source = source;
    this.progress = signal(
      source.crackShare === undefined
        ? { state: "waiting" }
        : { state: "marked", crackShare: source.crackShare },
    );
  }

  /** The mask as it is now, once the photo was marked and as long as it is not forgotten. */
  get edits(): EditedMask | undefined {
    return this.#edits;
  }

  /** Forgets what was found and mended: it is read anew when the photo is opened. */
  forget(): void {
    this.#edits = undefined;
    this.revision.value++;
  }

  /** Decodes the photo, and marks it unless that was done. */
  async open(engine: EngineClient): Promise<OpenedPhoto> {
    const pixels = await engine.decode(await this.source.bytes());
    const edits = await this.mend(engine, pixels);
    const { width, height } = edits;
    if (width !== pixels.width || height !== pixels.height) {
      throw new RangeError(
        `Cannot show ${this.name}: its mask has ${width} × ${height} pixels, the photo ${pixels.width} × ${pixels.height}.`,
      );
    }
    const beside = await this.source.beside?.();
    const other = beside && await readMask(engine, new Uint8Array(await beside.arrayBuffer()));
    return { pixels, edits, ...(other?.length === edits.mask.length ? { beside: other } : {}) };
  }

  /** The mask as it is now, read where it is kept, or marked. */
  async mend(engine: EngineClient, decoded?: Pixels): Promise<EditedMask> {
    if (this.#edits === undefined) {
      if (this.source.found !== undefined) await this.#take(await this.source.found(engine), { engine });
      else if (decoded === undefined) await this.mark(engine);
      else await this.#markOrDraw(engine, decoded);
    }
    return this.#edits!;
  }

  /** Marks a photo that is open; where that fails, as without WebGPU, a mask can still be drawn. */
  async #markOrDraw(engine: EngineClient, decoded: Pixels): Promise<void> {
    try {
      await this.mark(engine, decoded);
    } catch (error) {
      const { width, height } = decoded;
      const nothing = { width, height, mask: new Uint8Array(width * height), confidence: undefined };
      const warning = error instanceof Error ? error.message : String(error);
      await this.#take(nothing, { engine, warning: `${warning} A mask can be drawn by hand.` });
    }
  }

  /** Marks the photo here, unless that is being done. */
  mark(engine: EngineClient, decoded?: Pixels): Promise<void> {
    return this.#marking ??= this.#mark(engine, decoded).finally(() => this.#marking = undefined);
  }

  async #mark(engine: EngineClient, decoded: Pixels | undefined): Promise<void> {
    if (this.progress.value.state === "waiting") this.progress.value = { state: "marking" };
    try {
      const pixels = decoded ?? await engine.decode(await this.source.bytes());
      const { width, height } = pixels;
      const { mask, confidence, warning } = await engine.mark(pixels, { method: "label" });
      await this.#take({ width, height, mask, confidence: confidenceBytes(confidence) }, { engine, warning });
    } catch (error) {
      this.progress.value = {
        state: "failed",
        error: error instanceof Error ? error.message : String(error),
      };
      throw error;
    }
  }

  /** Looks at an opened photo again, all of it or a box: what is seen takes the place of all that was there, painted or found. */
  async lookAgain(
    engine: EngineClient,
    { pixels, edits }: OpenedPhoto,
    { box, ...look }: Look & { readonly box?: Box },
  ): Promise<void> {
    const around = box === undefined ? undefined : grownBox(box, pixels);
    const shown = around === undefined ? pixels : cutPixels(pixels, around);
    const { mask, confidence, warning } = await engine.mark(shown, look);
    const inside = <Values extends Uint8Array<ArrayBuffer>>(values: Values) =>
      box === undefined ? values : cutValues(values, around!, box);
    edits.look({ mask: inside(mask), confidence: inside(confidenceBytes(confidence)) }, box);
    const { value: progress } = this.progress;
    if (box === undefined && progress.state === "marked") {
      this.progress.value = { state: "marked", crackShare: progress.crackShare, warning };
    }
    this.revision.value++;
  }

  async #take(
    found: Found,
    { engine, warning }: { readonly engine: EngineClient; readonly warning?: string },
  ): Promise<void> {
    this.#edits = new EditedMask(found, await this.source.mended?.(engine));
    this.progress.value = {
      state: "marked",
      crackShare: this.#edits.crackPixels / found.mask.length,
      warning: warning ?? (this.progress.value.state === "marked" ? this.progress.value.warning : undefined),
    };
    if (found.confidence !== undefined) this.doubt.value = doubtOf(found.confidence);
    this.revision.value++;
  }
}
