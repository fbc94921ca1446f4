import type { RowRange } from "../gpu/bands.ts";
import type { Plane } from "../gpu/compute.ts";
import type { CoveredImage } from "../images/cover_transparent.ts";

/** What an intermediate map of a labelling method shows. */
export interface StageKind {
  /** Short name, fit for a file name. */
  readonly key: string;
  /** Name for people. */
  readonly title: string;
  /** What is to be seen in it: a sentence. */
  readonly note: string;
  /** Number of the stage in the method. */
  readonly number: number;
  /** The values that stand for black and white. */
  readonly range: readonly [low: number, high: number];
}

/** An intermediate map of a label. */
export interface Stage extends StageKind {
  /** Pixels in a row. */
  width: number;
  /** Rows. */
  height: number;
  /** Values a pixel. */
  channels: number;
  /** Row-major, channels interleaved. */
  data: Float32Array;
}

/** Names of the maps of {@linkcode labelImage}, in the order of the method. */
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

/** Every stage of {@linkcode labelImage} that leaves a map, in the order of the method. */
export const STAGES: { readonly [Key in StageKey]: StageKind & { readonly key: Key } } = {
  "patch-map": {
    key: "patch-map",
    number: 3,
    title: "Patch scores",
    note: "How sure the classifier is that a small patch shows crack.",
    range: UNIT,
  },
  "activation-map": {
    key: "activation-map",
    number: 4,
    title: "Class activation",
    note: "Where the classifier finds crack in the whole photo.",
    range: UNIT,
  },
  "localisation": {
    key: "localisation",
    number: 5,
    title: "Localisation",
    note: "The mean of both, cut below the threshold and eroded.",
    range: UNIT,
  },
  "denoised": {
    key: "denoised",
    number: 6,
    title: "Denoised photo",
    note: "Bilateral filter: grain is smoothed, edges are kept.",
    range: BYTES,
  },
  "grey": {
    key: "grey",
    number: 7,
    title: "Grey values",
    note: "The weighted mean of red, green and blue.",
    range: BYTES,
  },
  "threshold": {
    key: "threshold",
    number: 8,
    title: "Patch threshold",
    note: "Dark in every patch around it.",
    range: UNIT,
  },
  "product": {
    key: "product",
    number: 9,
    title: "Localised threshold",
    note: "The localisation, where the threshold says dark.",
    range: UNIT,
  },
  "confidence": {
    key: "confidence",
    number: 11,
    title: "Confidence",
    note: "Denoised and closed: the label.",
    range: UNIT,
  },
};

/** Some rows of an intermediate map. */
export interface StageRows extends Stage {
  /** The photo's row that `data` begins with; it holds whole rows, but not all of `height`. */
  first: number;
}

/** Passes maps on, 0 where their photo is transparent, if there is a receiver for them. They are changed in place. */
export function clearedStages(
  receive: ((rows: StageRows) => void) | undefined,
  clear: CoveredImage["clear"],
): ((rows: StageRows) => void) | undefined {
  return receive && ((rows) => {
    clear(rows.data, rows);
    receive(rows);
  });
}

/** Copies the maps of a strip that pass through it, if there is a receiver for them. */
export class StageRecorder implements Disposable {
  readonly #receive: ((rows: StageRows) => void) | undefined;
  readonly #kept = new Map<StageKey, Plane>();

  constructor(receive?: (rows: StageRows) => void) {
    this.#receive = receive;
  }

  /** Copies a map for the receiver and returns it. The caller may dispose of it at once. */
  keep(key: StageKey, plane: Plane): Plane {
    if (this.#receive) {
      const copy = plane.compute.create(plane);
      plane.compute.copy(plane, copy);
      this.#kept.set(key, copy);
    }
    return plane;
  }

  /**
   * Reads the copies of a strip's maps, one after the other, for the receiver.
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
      this.#receive?.({ ...STAGES[key], width, height, channels, first, data });
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
  readonly #stages = new Map<string, Stage>();

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
