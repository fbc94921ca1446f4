import type { RowRange } from "./bands.ts";
import type { Plane } from "./plane.ts";

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
const STAGES: Record<StageKey, Pick<Stage, "number" | "title" | "range">> = {
  "patch-map": { number: 3, title: "Patch scores", range: UNIT },
  "activation-map": { number: 4, title: "Class activation", range: UNIT },
  "localisation": { number: 5, title: "Localisation", range: UNIT },
  "denoised": { number: 6, title: "Denoised photo", range: BYTES },
  "grey": { number: 7, title: "Grey values", range: BYTES },
  "threshold": { number: 8, title: "Patch threshold", range: UNIT },
  "product": { number: 9, title: "Localised threshold", range: UNIT },
  "confidence": { number: 11, title: "Confidence", range: UNIT },
};

/** Copies the maps that pass through it, if told to, strip by strip, and joins the strips. */
export class StageRecorder implements Disposable {
  readonly #enabled: boolean;
  readonly #kept = new Map<StageKey, Plane>();
  readonly #stages = new Map<StageKey, Stage>();

  constructor(enabled: boolean) {
    this.#enabled = enabled;
  }

  /** Notes a map of the strip and hands it on. The caller stays free to dispose of it at once. */
  keep(key: StageKey, plane: Plane): Plane {
    if (this.#enabled) {
      const copy = plane.compute.create(plane);
      plane.compute.copy(plane, copy);
      this.#kept.set(key, copy);
    }
    return plane;
  }

  /**
   * Reads the maps noted of a strip, one after the other, into those of the photo.
   *
   * @param range the photo's rows to take.
   * @param photo.top the photo's row that is the strip's first.
   * @param photo.height rows of the photo.
   */
  async collect([first, end]: RowRange, { top, height }: { top: number; height: number }): Promise<void> {
    for (const [key, plane] of this.#kept) {
      const { width, channels } = plane;
      const values = await plane.read();
      plane.dispose();
      let stage = this.#stages.get(key);
      if (!stage) {
        const data = new Float32Array(width * height * channels);
        stage = { key, ...STAGES[key], width, height, channels, data };
        this.#stages.set(key, stage);
      }
      const row = width * channels;
      stage.data.set(values.subarray((first - top) * row, (end - top) * row), first * row);
    }
    this.#kept.clear();
  }

  /** The maps of the photo, in the order of the method. */
  get stages(): Stage[] {
    return [...this.#stages.values()].sort((a, b) => a.number - b.number);
  }

  [Symbol.dispose](): void {
    for (const plane of this.#kept.values()) plane.dispose();
    this.#kept.clear();
  }
}
