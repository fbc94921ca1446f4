import { basename } from "node:path";
import {
  camCrfLabel,
  type Compute,
  decodeImage,
  type DenseCrfOptions,
  type Label,
  labelImage,
  loadClassifier,
  loadSegmenter,
  openCompute,
  predictImage,
  recipes,
} from "../../mod.ts";
import { formerSegmenter } from "../../models/weights/former_segmenters.ts";
import { drawPhoto } from "./draw.ts";
import { type Json, traceOf } from "./trace.ts";

/** A photo, and the tiles that it is predicted in a second time. */
interface Sample {
  readonly name: string;
  readonly image: ImageData;
  readonly tiles: { readonly tile: number; readonly overlap: number };
  /** The parameters of its CRF labels. */
  readonly fields: readonly DenseCrfOptions[];
}

/** Two of the parameters that the tables of `reproduce` choose from: it takes seconds for a large photo, so that has one. */
const FIELDS: readonly DenseCrfOptions[] = [[10, 80, 13], [3, 10, 5]].map((
  [weight, sigmaSpace, sigmaColour],
) => ({
  iterations: 5,
  appearance: { weight, sigmaSpace, sigmaColour },
  smoothness: { weight: 3, sigmaSpace: 3 },
}));

async function samples(): Promise<Sample[]> {
  const demo = new URL("../../tasks/demo/", import.meta.url);
  const found: Sample[] = [];
  for (const name of ["296.jpg", "300.jpg", "304.jpg", "306.jpg"]) {
    const image = await decodeImage(await Deno.readFile(new URL(name, demo)));
    const fields = name === "304.jpg" ? FIELDS.slice(0, 1) : [];
    found.push({ name: basename(name, ".jpg"), image, tiles: { tile: 256, overlap: 64 }, fields });
  }
  for (const [width, height, tile, overlap] of [[217, 133, 96, 32], [61, 40, 32, 0]]) {
    const { image } = drawPhoto(width, height, width);
    found.push({ name: `${width} × ${height}`, image, tiles: { tile, overlap }, fields: FIELDS });
  }
  return found;
}

async function traceLabel(label: Label): Promise<Json> {
  const { width, height, confidence, mask, crackPixels, usableForTraining } = label;
  const stages: { [key: string]: Json } = {};
  for (const { key, title, number, channels, data, range } of label.stages) {
    stages[key] = { title, number, channels, range, ...await traceOf(data) };
  }
  return {
    ...{ width, height, crackPixels, usableForTraining },
    confidence: await traceOf(confidence),
    mask: await traceOf(mask),
    stages,
  };
}

/** Labels by both recipes, CRF labels and predictions, of the networks that ship. */
export async function tracePhotos(): Promise<Json> {
  using compute = await openCompute();
  using classifier = await loadClassifier();
  using segmenter = await loadSegmenter(formerSegmenter("shipped-1"));
  const traced: { [name: string]: Json } = {};
  for (const { name, image, tiles, fields } of await samples()) {
    const labels: { [recipe: string]: Json } = {};
    for (const recipe of [recipes.paper, recipes.reference]) {
      labels[recipe.name] = await traceLabel(
        await labelImage(compute, image, { classifier, recipe, stages: true }),
      );
    }
    const crf: Json[] = [];
    for (const parameters of fields) {
      const { probability, mask, crackPixels } = await camCrfLabel(compute, image, {
        classifier,
        parameters,
      });
      crf.push({ probability: await traceOf(probability), mask: await traceOf(mask), crackPixels });
    }
    traced[name] = {
      pixels: await traceOf(image.data),
      labels,
      crf,
      whole: await tracePrediction(compute, image, { segmenter, tile: 1024 }),
      tiles: await tracePrediction(compute, image, { segmenter, ...tiles }),
    };
  }
  return traced;
}

async function tracePrediction(
  compute: Compute,
  image: ImageData,
  options: Parameters<typeof predictImage>[2],
): Promise<Json> {
  const { confidence, mask, crackPixels } = await predictImage(compute, image, options);
  return { confidence: await traceOf(confidence), mask: await traceOf(mask), crackPixels };
}

/** What the tiny networks in a folder of checkpoints say of a drawn photo. */
export async function traceCheckpoints(folder: URL): Promise<Json> {
  using compute = await openCompute();
  const { image } = drawPhoto(61, 40, 7);
  const traced: { [name: string]: Json } = {};
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  for (const name of names) {
    const bytes = await Deno.readFile(new URL(name, folder));
    if (name.startsWith("classifier")) {
      using classifier = await loadClassifier(bytes);
      // Six patches of 32 × 32, one below the other.
      const { image: { data } } = drawPhoto(32, 6 * 32, 8);
      const rgb = Float32Array.from(
        { length: 32 * 6 * 32 * 3 },
        (_, i) => data[4 * Math.floor(i / 3) + i % 3],
      );
      using patches = compute.upload({ width: 32, height: 6 * 32, channels: 3, data: rgb });
      using scores = await classifier.scorePatches(patches, 32);
      using seen = await classifier.activations(patches);
      traced[name] = {
        name: classifier.name,
        scores: await traceOf(await scores.read()),
        features: await traceOf(await seen.features.read()),
        logits: await traceOf(Float32Array.from(seen.logits)),
        gradients: [await traceOf(seen.gradients[0]), await traceOf(seen.gradients[1])],
      };
    } else {
      using segmenter = await loadSegmenter(bytes);
      traced[name] = {
        name: segmenter.name,
        prediction: await tracePrediction(compute, image, { segmenter, tile: 64 }),
      };
    }
  }
  return traced;
}
