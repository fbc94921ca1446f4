import { type CamCrfLabel, camCrfLabel } from "../../core/label/cam_crf/cam_crf_label.ts";
import type { Classifier } from "../../core/label/classifier.ts";
import type { Compute } from "../../core/gpu/compute.ts";
import type { DenseCrfOptions } from "../../core/label/cam_crf/dense_crf.ts";
import { recipes } from "../../core/label/recipe.ts";
import { VERSION } from "../cli/version.ts";
import { labelTotals, type Session } from "../label/label_photos.ts";
import type { PhotoRecord } from "../label/manifest.ts";
import { hasMaps, writeMaps } from "../batch/maps.ts";
import { type PhotoRunOptions, runOverPhotos, type RunSummary } from "../batch/batch_run.ts";
import { networkDifference, type NetworkRecord, type RunManifest, type Runtime } from "../batch/records.ts";
import type { PhotoFacts, PhotoTask, TaskNouns } from "../batch/batch_task.ts";
import { reportEntries } from "../batch/report_entries.ts";
import { reportChunks } from "../report/report.ts";

/** Options of {@linkcode crfLabelPhotos}. */
export interface CrfLabelPhotosOptions extends PhotoRunOptions {
  readonly parameters: DenseCrfOptions;
  /** Heading of the report. */
  readonly title: string;
}

/** What a label depends on, apart from its photo. */
interface CrfLabelSettings {
  readonly parameters: DenseCrfOptions;
  readonly classifier: NetworkRecord;
}

/** Not `label`: that task makes labels of other kinds, and must not add to these. */
const WORDS: TaskNouns = { task: "label-crf", output: "label", outputs: "CRF labels" };

/** As the paper has it for its own labels, so that both are judged alike. */
const { minCrackPixels } = recipes.paper;

class CrfLabelTask implements PhotoTask<PhotoRecord, CrfLabelSettings, CamCrfLabel> {
  readonly compute: Compute;
  readonly runtime: Runtime;
  readonly settings: CrfLabelSettings;
  readonly #options: CrfLabelPhotosOptions;
  readonly #classifier: Classifier;

  constructor(
    options: CrfLabelPhotosOptions,
    { compute, runtime, classifier, classifierRecord }: Session,
  ) {
    this.compute = compute;
    this.runtime = runtime;
    this.settings = { parameters: options.parameters, classifier: classifierRecord };
    this.#options = options;
    this.#classifier = classifier;
  }

  difference({ parameters, classifier }: CrfLabelSettings): { was: string; is: string } | undefined {
    const { settings: now } = this;
    if (JSON.stringify(parameters) !== JSON.stringify(now.parameters)) {
      return { was: JSON.stringify(parameters), is: JSON.stringify(now.parameters) };
    }
    return networkDifference("classifier", classifier, now.classifier);
  }

  async process(image: ImageData): Promise<CamCrfLabel> {
    const { parameters } = this.settings;
    return await camCrfLabel(this.compute, image, { classifier: this.#classifier, parameters });
  }

  async write(name: string, { probability, ...label }: CamCrfLabel): Promise<void> {
    await writeMaps(this.#options.out, name, { ...label, confidence: probability });
  }

  record(
    { now, ...facts }: PhotoFacts,
    { width, height, crackPixels }: CamCrfLabel,
  ): PhotoRecord {
    return {
      ...facts,
      width,
      height,
      crackPixels,
      crackShare: crackPixels / (width * height),
      usableForTraining: crackPixels >= minCrackPixels,
      stages: [],
      labelledAt: now,
    };
  }

  async isDone({ name }: PhotoRecord): Promise<boolean> {
    return await hasMaps(this.#options.out, name);
  }

  madeAt({ labelledAt }: PhotoRecord): string {
    return labelledAt;
  }

  report({ photos, failures }: Pick<RunManifest<PhotoRecord>, "photos" | "failures">): AsyncIterable<string> {
    const { out, title } = this.#options;
    const { runtime, settings: { parameters, classifier } } = this;
    return reportChunks({
      title,
      date: new Date(),
      version: VERSION,
      recipe: "Grad-CAM and a fully connected random field",
      parameters,
      classifier: `${classifier.name}, ${classifier.source}`,
      adapter: `${runtime.adapter}${runtime.software ? " (software)" : ""}`,
      backend: runtime.backend,
      totals: labelTotals({ photos, failures }),
      minCrackPixels: minCrackPixels,
      entries: reportEntries([...photos, ...failures], {
        folder: out,
        stages: () => [],
        complete: (entry, { usableForTraining }: PhotoRecord) => ({ ...entry, usable: usableForTraining }),
      }),
    });
  }
}

/**
 * Labels photos after Dong et al. into a folder, with the files that `label` writes: `confidence/NAME.png` (the probability of crack),
 * `masks/NAME.png` (where it is more than 0.5), `manifest.json` and `report.html`; see {@linkcode runOverPhotos}.
 *
 * @param open opens the device and the classifier, once it is clear that there is work for them.
 */
export function crfLabelPhotos(
  options: CrfLabelPhotosOptions,
  open: () => Promise<Session>,
): Promise<RunSummary<PhotoRecord>> {
  return runOverPhotos(options, { words: WORDS, open: async () => new CrfLabelTask(options, await open()) });
}
