import type { Plane } from "../../gpu/compute.ts";
import type { CoveredImage } from "../../images/cover_transparent.ts";
import type { LabellerOptions } from "../labeller.ts";
import { clearedStages, type Stage, type StageKind, StageMaps, type StageRows } from "../stages.ts";
import type { HairlineSettings } from "./settings.ts";

type MapKey = "localisation" | "network" | "refined" | "confidence";

/** The maps of a label, but for those of the levels. */
export const STAGES: { readonly [key in MapKey]: StageKind } = {
  localisation: {
    key: "localisation",
    number: 1,
    title: "Localisation",
    note: "How sure the classifier is that small patches show crack.",
    range: [0, 1],
  },
  network: {
    key: "network",
    number: 2,
    title: "All scales",
    note: "What the network sees at all scales, joined.",
    range: [0, 1],
  },
  refined: {
    key: "refined",
    number: 3,
    title: "Refined",
    note: "The same, drawn to the edges of the photo by the guided filter.",
    range: [0, 1],
  },
  confidence: {
    key: "confidence",
    number: 6,
    title: "Confidence",
    note: "All of it joined, its edges where the photo has them: what the mask is decided by.",
    range: [0, 1],
  },
};

/** The map of a level, counted from 1. */
export function levelStage(level: number): StageKind {
  return {
    key: `scale-${level}`,
    number: 2,
    title: `Scale ${level}`,
    note: level === 1
      ? "What the network sees at the scale that it starts from."
      : `What it sees at 1/${2 ** (level - 1)} of that.`,
    range: [0, 1],
  };
}

/** The maps that labels by these settings have. */
export function stagesOf({ localisation, scales, guidedRadius }: HairlineSettings): StageKind[] {
  return [
    ...(localisation === "none" ? [] : [STAGES.localisation]),
    ...Array.from({ length: scales.levels }, (_, i) => levelStage(i + 1)),
    STAGES.network,
    ...(guidedRadius === 0 ? [] : [STAGES.refined]),
    STAGES.confidence,
  ];
}

/** Hands maps on, or keeps them, where they are wanted. */
export class MapRecorder {
  readonly #maps = new StageMaps();
  readonly #receive: ((rows: StageRows) => void) | undefined;

  /** @param clear of a photo with transparent pixels. */
  constructor(stages: LabellerOptions["stages"] = false, clear: CoveredImage["clear"] = () => {}) {
    this.#receive = clearedStages(
      stages === true ? (rows) => this.#maps.add(rows) : stages || undefined,
      clear,
    );
  }

  /** Whether anybody wants maps. */
  get wanted(): boolean {
    return this.#receive !== undefined;
  }

  /** The maps that were to be kept, in the order of the method. */
  get all(): Stage[] {
    return this.#maps.all;
  }

  add(kind: StageKind, rows: Pick<StageRows, "width" | "height" | "first" | "data">): void {
    this.#receive?.({ ...kind, ...rows, channels: 1 });
  }

  /** Adds a whole map that is on the device. */
  async keep(kind: StageKind, map: Plane): Promise<void> {
    if (!this.wanted) return;
    const { width, height } = map;
    this.add(kind, { width, height, first: 0, data: await map.read() });
  }
}
