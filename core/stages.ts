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

/** Copies the maps that pass through it, if told to, until they are read back together. */
export class StageRecorder implements Disposable {
  readonly #kept: { key: StageKey; plane: Plane }[] = [];
  readonly #enabled: boolean;

  constructor(enabled: boolean) {
    this.#enabled = enabled;
  }

  /** Notes a map and hands it on. The caller stays free to dispose of it at once. */
  keep(key: StageKey, plane: Plane): Plane {
    if (this.#enabled) {
      const copy = plane.compute.create(plane);
      plane.compute.copy(plane, copy);
      this.#kept.push({ key, plane: copy });
      this.#kept.sort((a, b) => STAGES[a.key].number - STAGES[b.key].number);
    }
    return plane;
  }

  /** The maps noted so far, in the order of the method. */
  get planes(): Plane[] {
    return this.#kept.map(({ plane }) => plane);
  }

  /** The maps with what was read of {@linkcode StageRecorder.planes}. */
  describe(values: readonly Float32Array[]): Stage[] {
    return this.#kept.map(({ key, plane: { width, height, channels } }, i) => (
      { key, ...STAGES[key], width, height, channels, data: values[i] }
    ));
  }

  [Symbol.dispose](): void {
    for (const { plane } of this.#kept) plane.dispose();
  }
}
