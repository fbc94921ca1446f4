import { openCompute } from "../../../core/gpu/open_compute.ts";
import { recipes } from "../../../core/label/recipe.ts";
import { openBackend } from "../../../models/backend.ts";
import { startProgress } from "../../cli/progress.ts";
import { labelRow } from "../measure/label_rows.ts";
import { measure } from "../measure/measure.ts";
import { crfMethod, labelMethod, type Method } from "../measure/method.ts";
import { onEachSet, type Outcome, type OutcomeRow } from "../outcome.ts";
import { dataOf, type PaperSet, photosOf } from "../paper_set.ts";
import { AUTHORS_LABELS, TABLE_2, TABLE_2_CRF } from "../published.ts";
import { photosOfRun, type Run } from "../run.ts";
import {
  chosenClassifiers,
  classifierOf,
  openClassifier,
  trainedClassifier,
} from "../training/classifiers.ts";
import { crfParameters, describeSearch, searchPhotos } from "../training/crf_search.ts";

/** Table II: how good labels are and how fast they are made, by classifier and recipe; on the training part by default. */
export async function table2(run: Run): Promise<Outcome> {
  return await onEachSet(run.sets, (set) => ofSet(set, run));
}

async function ofSet(set: PaperSet, run: Run): Promise<Outcome> {
  const { split = "train" } = run;
  const photos = await photosOfRun(set, split, run);
  const trained = [];
  for (const plan of chosenClassifiers(run)) trained.push(await trainedClassifier(plan, set, run));
  using compute = await openCompute();
  await openBackend({ compute, backend: run.backend });
  const { samples: training } = await photosOf(set, { split: "train" });
  const searched = searchPhotos(training, run.scale.searchPhotos);
  const rows: OutcomeRow[] = [], searches: string[] = [], classifiers = [], skipped = new Set<string>();
  using progress = startProgress({
    total: (photos.samples.length + searched.length) * trained.length,
    unit: "photo",
    quiet: run.quiet,
  });
  for (const one of trained) {
    const { plan } = one;
    const opened = await openClassifier(one);
    using classifier = opened.classifier;
    classifiers.push(classifierOf(opened));
    const search = await crfParameters(opened, {
      set,
      folder: run.folder,
      compute,
      photos: searched,
      progress,
    });
    searches.push(`CRF labels of ${plan.title}: ${describeSearch(search)}`);
    const { sha256 } = opened;
    const methods: Method[] = [
      ...[recipes.paper, recipes.reference].map((recipe) =>
        labelMethod({ id: recipe.name, title: `recipe ${recipe.name}`, sha256, classifier, recipe })
      ),
      crfMethod({
        id: "crf",
        title: "CRF labels [17]",
        sha256,
        classifier,
        parameters: search.best.parameters,
      }),
    ];
    const prefix = `${set.name}-${split}-${plan.id}`;
    const found = await measure(photos.samples, methods, {
      compute,
      folder: `${run.folder}/counts`,
      prefix,
      progress,
    });
    for (const sentence of [...search.skipped, ...found.skipped]) skipped.add(sentence);
    const ofPaper = set.name === "crack500" && split === "train", ofAuthors = split === "test";
    for (const measurement of found.results) {
      const { id, title } = measurement.method;
      const [published, meanPr] = id === "crf"
        ? [TABLE_2_CRF, undefined]
        : [TABLE_2, plan.published === "resnet50" ? AUTHORS_LABELS[set.name] : undefined];
      rows.push(
        labelRow(`${plan.title}, ${title}`, measurement, {
          published: ofPaper ? published[plan.published ?? ""] : undefined,
          meanPr: ofAuthors ? meanPr : undefined,
          timed: true,
        }),
      );
    }
  }
  return {
    tables: [{
      title: `Labels of ${set.title} ${split}, ${photos.samples.length} of ${photos.all} photos`,
      rows,
      notes: [
        "Images a second: one photo after the other, all stages of a label, without reading and writing files. The paper's machine was an Intel i9-7960X with a Titan XP.",
        "mean-pr: F1 of mean precision and mean recall; beside it what the authors report for their code with a ResNet-50 trained on each set's own training part.",
        "CRF labels [17]: Grad-CAM and a fully connected random field, after Dong et al.; masks, so that ODS and OIS are equal.",
        ...searches,
      ],
    }],
    pictures: [],
    data: [dataOf(set, split, photos)],
    classifiers,
    skipped: [...skipped],
  };
}
