import type { Plane } from "../../../core/gpu/compute.ts";
import type { PlaneShape } from "../../../core/gpu/plane_shape.ts";
import type { Activations, Classifier } from "../../../core/label/classifier.ts";
import type { Recipe } from "../../../core/label/recipe.ts";

/** A plane on the host. */
interface HostPlane extends PlaneShape {
  readonly data: Float32Array;
}

type HostActivations = HostPlane & Pick<Activations, "logits" | "gradients">;

/**
 * Asks a classifier about a photo once, however many recipes label it: those that differ only in stages after the classifier's get the
 * same answers. Answers are told apart by the recipe's grid and the order of the questions, and forgotten with the next photo.
 */
export class CachedClassifier {
  readonly #classifier: Classifier;
  readonly #scores = new Map<string, Promise<HostPlane>>();
  readonly #activations = new Map<string, Promise<HostActivations>>();
  #photo: object | undefined;

  constructor(classifier: Classifier) {
    this.#classifier = classifier;
  }

  /** What answers the questions of one label of a photo. */
  for(photo: object, { patchSize, patchStride, patchGrid, camTile }: Recipe): Classifier {
    if (photo !== this.#photo) {
      this.#scores.clear();
      this.#activations.clear();
      this.#photo = photo;
    }
    const { name, trainingSize } = this.#classifier;
    let patches = 0, images = 0;
    return {
      name,
      trainingSize,
      scorePatches: async (plane, size) => {
        const key = `${patchGrid} ${patchSize} ${patchStride} ${patches++}`;
        const kept = await cached(this.#scores, key, async () => {
          using scores = await this.#classifier.scorePatches(plane, size);
          return await download(scores);
        });
        return plane.compute.upload(kept);
      },
      activations: async (image) => {
        const { logits, gradients, ...kept } = await cached(
          this.#activations,
          `${camTile} ${images++}`,
          async () => {
            using found = await this.#classifier.activations(image);
            return { ...await download(found.features), logits: found.logits, gradients: found.gradients };
          },
        );
        const features = image.compute.upload(kept);
        return { features, logits, gradients, [Symbol.dispose]: () => features.dispose() };
      },
      // The classifier is its owner's to dispose of.
      [Symbol.dispose]: () => {},
    };
  }
}

function cached<T>(cache: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  let answer = cache.get(key);
  if (answer === undefined) cache.set(key, answer = ask());
  return answer;
}

async function download(plane: Plane): Promise<HostPlane> {
  const { width, height, channels } = plane;
  return { width, height, channels, data: await plane.read() };
}
