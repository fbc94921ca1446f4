import { fullName, type Sample } from "../../../core/datasets/sample.ts";
import { datasetSample, type NamedSample } from "../../training/named_sample.ts";
import type { OutcomeClassifier } from "../outcome.ts";
import type { PaperSet, PhotoSet } from "../paper_set.ts";
import type { TruthName } from "../published.ts";

/** Photos of a set that a network is trained on. */
export interface TrainingPart {
  readonly set: PaperSet;
  readonly samples: readonly Sample[];
  /** Whether nobody drew masks for them: only their labels are of use. */
  readonly extra?: boolean;
}

/** The supervision of a training: where crack is in its photos, and who says so. */
export interface TrainingTruth {
  readonly name: TruthName;
  /** Names files: `fsv` for masks, `wsv-…` for labels. */
  readonly id: string;
  readonly title: string;
  /** Everything that decides it, to be compared with what an earlier run trained on. */
  readonly identity: unknown;
  /** Classifiers that it rests on. */
  readonly classifiers: readonly OutcomeClassifier[];
  /** How it came about, as far as a table has to say it: sentences. */
  readonly notes: readonly string[];
  /** Gets it ready: labels that are not there yet are made. */
  samples(): Promise<TruthSamples>;
}

/** Photos with their truth. */
export interface TruthSamples {
  readonly samples: readonly NamedSample[];
  /** Photos that could not be used, each with the reason. */
  readonly skipped: readonly string[];
}

/** The masks that people drew: full supervision. */
export function maskTruth(parts: readonly TrainingPart[]): TrainingTruth {
  return {
    name: "masks",
    id: "fsv",
    title: "masks (FSV)",
    identity: parts.map(photosOfPart),
    classifiers: [],
    notes: [],
    samples: async () => {
      const named = await Promise.all(parts.map(({ set, samples }) => namedSamples(set, samples)));
      return { samples: named.flat(), skipped: [] };
    },
  };
}

/** Photos of a set as a training is given them, by names that tell sets apart. */
export async function namedSamples(set: PhotoSet, samples: readonly Sample[]): Promise<NamedSample[]> {
  return await Promise.all(
    samples.map(async (sample) => ({ ...await datasetSample(sample), name: nameIn(set, sample) })),
  );
}

/** The photos of a part by name, as far as they decide what is learnt. */
export function photosOfPart({ set, samples }: TrainingPart): { readonly photos: readonly string[] } {
  return { photos: samples.map((sample) => nameIn(set, sample)) };
}

/** A photo's name among those of several sets. */
export function nameIn({ name }: PhotoSet, sample: Sample): string {
  return `${name}/${fullName(sample)}`;
}
