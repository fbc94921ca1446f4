import { crackFreePhotos, measurablePart, type Photos, type PhotoSet, photosOf } from "../paper_set.ts";
import type { Run } from "../run.ts";

/** Photos that are measured. */
export interface MeasuredPart {
  readonly set: PhotoSet;
  readonly split: string;
  readonly photos: Photos;
  /** Whether none of them shows a crack. */
  readonly crackFree: boolean;
  /** Names the files of their counts. */
  readonly prefix: string;
}

/** The photos of all sets and folders of a run: of sets the test part unless the run names another, of those without parts all. */
export async function measuredPhotos(
  { sets, others = [], crackFree = [], split: wanted = "test", photos, scale: { segmentation } }: Pick<
    Run,
    "sets" | "others" | "crackFree" | "split" | "photos" | "scale"
  >,
): Promise<readonly MeasuredPart[]> {
  const limit = photos ?? segmentation.testPhotos;
  const parts: MeasuredPart[] = [];
  for (const set of [...sets, ...others]) {
    const split = await measurablePart(set, wanted);
    const photos = await photosOf(set, { split, limit });
    parts.push({ set, split, photos, crackFree: false, prefix: `${set.name}-${split}` });
  }
  for (const set of crackFree) {
    const photos = await crackFreePhotos(set, { limit });
    parts.push({ set, split: "all", photos, crackFree: true, prefix: `crack-free-${set.name}` });
  }
  return parts;
}
