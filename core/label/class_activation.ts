import { allOrDispose } from "../concurrency.ts";
import { mirroredRows } from "../gpu/bands.ts";
import type { Compute, Plane } from "../gpu/compute.ts";
import { activationMap } from "../kernels/activation_map.ts";
import { extractPatches } from "../kernels/extract_patches.ts";
import { maximum } from "../kernels/maximum.ts";
import { normalise } from "../kernels/pointwise.ts";
import { resize, type ResizeOptions } from "../kernels/resize.ts";
import type { Activations, Classifier } from "./classifier.ts";
import { type PhotoMap, PhotoWindow } from "./photo_window.ts";
import { type Recipe, recipes } from "./recipe.ts";

/** Tiles shown to the classifier at a time, which may have threads for them. */
const TILES_AT_ONCE = 8;

/**
 * Stage 4: where the classifier looks when it is shown the whole photo.
 *
 * With global average pooling before the head, every derivative of a class's score with respect to the last feature map A is
 * constant over space. With the normalisation of König et al. (the alphas of a channel sum to 1) Grad-CAM++ (Chattopadhay et
 * al. 2018, doi:10.1109/WACV.2018.00097) is then exactly
 *
 *     relu(Σ_k relu(g_k) A_k) / max
 *
 * with g_k the gradient of the class's score with respect to the mean of channel k; Grad-CAM (Selvaraju et al. 2017,
 * doi:10.1109/ICCV.2017.74) is the same without the inner relu.
 *
 * @returns a map of 0..1, its maximum 1, or 0 throughout where there is no evidence for the class.
 */
export async function classActivationMap(
  photo: PhotoWindow,
  classifier: Classifier,
  recipe: Recipe,
): Promise<PhotoMap> {
  const { width, height } = photo;
  const { trainingSize } = classifier;
  const whole = Math.max(width, height) <= recipe.camTile;
  const evidence = whole
    ? await evidenceMap(photo.show([0, height]), classifier, recipe)
    : await tiledEvidence(photo, classifier, recipe);
  const target: ResizeOptions = { width, height, filter: "lanczos3" };
  if (!whole) {
    // The tiles on the right and at the bottom may stick out of the photo.
    const columns = Math.ceil(width / trainingSize), rows = Math.ceil(height / trainingSize);
    const cells = [evidence.width / columns / trainingSize, evidence.height / rows / trainingSize];
    target.box = [0, 0, width * cells[0], height * cells[1]];
  }
  const peak = largest(evidence, target, photo.rows);
  return {
    rows: (rows) => {
      using resized = resize(evidence, { ...target, rows });
      return normalise(resized, peak);
    },
    [Symbol.dispose]: () => {
      evidence.dispose();
      peak.dispose();
    },
  };
}

/** The maximum of a map at its target size, of which so many rows are made at a time. */
function largest(map: Plane, target: ResizeOptions, rows: number): Plane {
  const { compute } = map;
  using peaks = compute.create({ width: 1, height: Math.ceil(target.height / rows), channels: 1 });
  for (let i = 0; i < peaks.height; i++) {
    const range = [i * rows, Math.min(target.height, (i + 1) * rows)] as const;
    using resized = resize(map, { ...target, rows: range });
    using peak = maximum(resized);
    compute.copy(peak, peaks, { to: i });
  }
  return maximum(peaks);
}

/** The map of one image at the resolution of its features, not yet divided by its maximum. */
async function evidenceMap(image: Plane, classifier: Classifier, recipe: Recipe): Promise<Plane> {
  using activations = await classifier.activations(image);
  return activationMap(activations.features, channelWeights(activations, recipe));
}

/** The maps of tiles of the training size, side by side; all are later divided by one maximum, or else flat tiles would reach 1, too. */
async function tiledEvidence(
  photo: PhotoWindow,
  classifier: Classifier,
  recipe: Recipe,
): Promise<Plane> {
  const { compute, width, height } = photo;
  const size = classifier.trainingSize;
  const columns = Math.ceil(width / size), rows = Math.ceil(height / size);
  const tileEvidence = async (tile: number): Promise<Plane> => {
    const top = Math.floor(tile / columns) * size;
    const shown = photo.show(mirroredRows([top, top + size], height));
    using image = extractPatches(shown, {
      size,
      stride: size,
      first: [0, -photo.top],
      count: [columns, rows],
      start: tile,
      limit: 1,
    });
    return await evidenceMap(image, classifier, recipe);
  };
  let mosaic: Plane | undefined;
  for (let first = 0; first < columns * rows; first += TILES_AT_ONCE) {
    const length = Math.min(TILES_AT_ONCE, columns * rows - first);
    const maps = await allOrDispose(Array.from({ length }, (_, i) => tileEvidence(first + i)));
    for (const [i, map] of maps.entries()) {
      using evidence = map;
      const cells = evidence.width;
      mosaic ??= compute.create({ width: columns * cells, height: rows * cells, channels: 1 });
      const [row, column] = [Math.floor((first + i) / columns), (first + i) % columns];
      for (let y = 0; y < cells; y++) {
        const to = (row * cells + y) * mosaic.width + column * cells;
        compute.copy(evidence, mosaic, { from: y * cells, to, length: cells });
      }
    }
  }
  return mosaic!;
}

/** What each channel counts in the map. */
function channelWeights(
  { logits, gradients }: Activations,
  { cam, camClass, camGradient }: Recipe,
): Float32Array {
  const chosen = camClass === "winner" && logits[1] > logits[0] ? 1 : 0;
  const own = gradients[chosen], other = gradients[1 - chosen];
  // d softmax_c = p_c p_o (dz_c − dz_o): the factor p_c p_o > 0 is common to all channels and drops with the division by the
  // maximum; left out, it cannot underflow either.
  const weights = camGradient === "probability" ? own.map((value, k) => value - other[k]) : own;
  return cam === "grad-cam++" ? weights.map((value) => Math.max(0, value)) : weights;
}

/**
 * Grad-CAM of the crack class (Selvaraju et al. 2017, doi:10.1109/ICCV.2017.74, equations 1 and 2) on the classifier's last convolution,
 * at the photo's size.
 *
 * @returns H × W, 0..1, its maximum 1, or 0 throughout where there is no evidence for crack.
 */
export async function gradCam(
  compute: Compute,
  image: ImageData,
  { classifier }: { readonly classifier: Classifier },
): Promise<Float32Array> {
  const { height } = image;
  using photo = new PhotoWindow(compute, image, { rows: height, alignment: 1 });
  using map = await classActivationMap(photo, classifier, { ...recipes.paper, cam: "grad-cam" });
  using whole = map.rows([0, height]);
  return await whole.read();
}
