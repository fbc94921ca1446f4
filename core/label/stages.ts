import type { RowRange } from "../gpu/bands.ts";
import type { Plane } from "../gpu/compute.ts";

/** An intermediate map of {@linkcode labelImage}. */
export interface Stage {
  /** Short name, fit for a file name. */
  key: StageKey;
  /** Name for people. */
  title: string;
  /** Number of the stage in the method. */
  number: number;
  /** Pixels in a row. */
  width: number;
  /** Rows. */
  height: number;
  /** Values a pixel. */
  channels: number;
  /** Row-major, channels interleaved. */
  data: Float32Array;
  /** The values that stand for black and white. */
  range: readonly [low: number, high: number];
}

/** Names of the maps, in the order of the method. */
export type StageKey =
  | "patch-map"
  | "activation-map"
  | "localisation"
  | "denoised"
  | "grey"
  | "threshold"
  | "product"
  | "confidence";

const UNIT = [0, 1] as const;
const BYTES = [0, 255] as const;

/** Number, title and range of every stage that leaves a map. */
export const STAGES: Readonly<Record<StageKey, Pick<Stage, "number" | "title" | "range">>> = {
  "patch-map": { number: 3, title: "Patch scores", range: UNIT },
  "activation-map": { number: 4, title: "Class activation", range: UNIT },
  "localisation": { number: 5, title: "Localisation", range: UNIT },
  "denoised": { number: 6, title: "Denoised photo", range: BYTES },
  "grey": { number: 7, title: "Grey values", range: BYTES },
  "threshold": { number: 8, title: "Patch threshold", range: UNIT },
  "product": { number: 9, title: "Localised threshold", range: UNIT },
  "confidence": { number: 11, title: "Confidence", range: UNIT },
};

/** Some rows of an intermediate map. */
export interface StageRows extends Stage {
  /** The photo's row that `data` begins with; it holds whole rows, but not all of `height`. */
  first: number;
}

/** Copies the maps of a strip that pass through it, if there is somebody to receive them. */
export class StageRecorder implements Disposable {
  readonly #receive: ((rows: StageRows) => void) | undefined;
  readonly #kept = new Map<StageKey, Plane>();

  constructor(receive?: (rows: StageRows) => void) {
    this.#receive = receive;
  }

  /** Notes a map and hands it on. The caller stays free to dispose of it at once. */
  keep(key: StageKey, plane: Plane): Plane {
    if (this.#receive) {
      const copy = plane.compute.create(plane);
      plane.compute.copy(plane, copy);
      this.#kept.set(key, copy);
    }
    return plane;
  }

  /**
   * Reads the maps noted of a strip, one after the other, for the receiver.
   *
   * @param range the photo's rows to read.
   * @param photo.top the photo's row that is the strip's first.
   * @param photo.height rows of the photo.
   */
  async collect([first, end]: RowRange, { top, height }: { top: number; height: number }): Promise<void> {
    for (const [key, plane] of this.#kept) {
      const { width, channels } = plane;
      const values = await plane.read();
      plane.dispose();
      const row = width * channels;
      const data = values.subarray((first - top) * row, (end - top) * row);
      this.#receive?.({ key, ...STAGES[key], width, height, channels, first, data });
    }
    this.#kept.clear();
  }

  [Symbol.dispose](): void {
    for (const plane of this.#kept.values()) plane.dispose();
    this.#kept.clear();
  }
}

/** Joins the rows of intermediate maps to whole ones. */
export class StageMaps {
  readonly #stages = new Map<StageKey, Stage>();

  /** Takes in some rows of a map. */
  add({ first, data, ...about }: StageRows): void {
    const { key, width, height, channels } = about;
    let stage = this.#stages.get(key);
    if (!stage) {
      stage = { ...about, data: new Float32Array(width * height * channels) };
      this.#stages.set(key, stage);
    }
    stage.data.set(data, first * width * channels);
  }

  /** In the order of the method. */
  get all(): Stage[] {
    return [...this.#stages.values()].sort((a, b) => a.number - b.number);
  }
}
