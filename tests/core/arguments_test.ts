import assert from "node:assert/strict";
import * as hairline from "../../mod.ts";

/** What passes for each thing that functions are given; nothing of it is ever used. */
const nothing = (): void => {};
const plane = { read: nothing, dispose: nothing };
const compute = { upload: nothing, create: nothing, run: nothing };
const image = new ImageData(2, 2);
const classifier = { scorePatches: nothing, activations: nothing };
const segmenter = { pixelsAtOnce: nothing, predict: nothing };
const floats = new Float32Array(4);
const crf = hairline.defaultCrf;
const source = { count: 1, photo: nothing };
const untrained = {
  classifier: hairline.createClassifier({ arch: "resnet18" }),
  segmenter: hairline.createSegmenter({ arch: "unet" }),
};
const feed = { compute, sampler: { batch: nothing } };
const schedule = { optimiser: new hairline.MomentumSgd({ momentum: 0 }), learningRate: nothing, steps: 1 };

/** The arguments of each function that takes options last, the options complete. */
const WITH_OPTIONS: Readonly<Record<string, readonly unknown[]>> = {
  aTrousLabeller: [compute, {}],
  augment: [plane, { size: 2, seed: 1, step: 0 }],
  averagePatchScores: [plane, { overlap: 1 }],
  bilateralFilter: [plane, {}],
  binarise: [plane, {}],
  camCrfLabel: [compute, image, { classifier, parameters: crf }],
  camCrfLabeller: [compute, { classifier }],
  cameraScale: [{ sensorWidth: 36, focalLength: 50, distance: 1500, pixels: 6000 }],
  cannyLabeller: [compute, {}],
  centredCropSampler: [source, { size: 7, batch: 1, seed: 0 }],
  close: [plane, {}],
  crackInstances: [{ width: 2, height: 1, data: new Uint8Array(2) }, {}],
  createClassifier: [{ arch: "resnet18" }],
  cropSampler: [source, { size: 8, batch: 1, seed: 0 }],
  createSegmenter: [{ arch: "unet" }],
  decodeImage: [new Uint8Array(), {}],
  denseCrf: [image, floats, crf],
  denseCrfOnDevice: [compute, image, floats, crf],
  dilate: [plane, {}],
  encodeJpeg: [image, {}],
  erode: [plane, {}],
  exportTfjs: [untrained.segmenter, {}],
  extractPatches: [plane, { size: 2, stride: 2 }],
  extractPatchesAt: [plane, { size: 2, at: floats }],
  frangiFilter: [plane, {}],
  fanLabeller: [compute, { classifier }],
  frangiLabeller: [compute, {}],
  grayscale: [plane, {}],
  guidedFilter: [plane, plane, {}],
  hairlineLabeller: [compute, { segmenter }],
  inoueLabeller: [compute, { segmenter }],
  labelImage: [compute, image, { classifier }],
  localise: [plane, plane, {}],
  measureCracks: [compute, { width: 1, height: 1, data: new Uint8Array(1) }, {}],
  multiOtsuLabeller: [compute, {}],
  niblackLabeller: [compute, {}],
  niblackThreshold: [plane, {}],
  oliveiraLabeller: [compute, {}],
  open: [plane, {}],
  oneCycleSchedule: [{ rate: 1, steps: 1 }],
  openCompute: [{}],
  openAnnotations: ["labels/", { format: "voc" }],
  openDataset: ["photos/", {}],
  otsuLabeller: [compute, {}],
  otsuThresholds: [plane, {}],
  paperLabeller: [compute, { classifier }],
  patchThreshold: [plane, {}],
  predictAtScales: [compute, image, { segmenter }],
  predictImage: [compute, image, { segmenter }],
  prepareClassifierForInference: [untrained.classifier, feed, { firstStep: 0 }],
  prepareSegmenterForInference: [untrained.segmenter, feed, { firstStep: 0 }],
  randomSampler: [source, { sizes: [8], batch: 1, patches: 1, seed: 0 }],
  resize: [plane, { width: 1, height: 1, filter: "nearest" }],
  satoFilter: [plane, {}],
  satoLabeller: [compute, {}],
  sauvolaLabeller: [compute, {}],
  sauvolaThreshold: [plane, {}],
  saveCheckpoint: [untrained.classifier, {}],
  saveSegmenter: [untrained.segmenter, {}],
  scale: [plane, 2, {}],
  stepSchedule: [{ rate: 1, every: 1 }],
  sweep: [plane, plane, {}],
  sweepAll: [[], {}],
  tanakaLabeller: [compute, {}],
  trainClassifier: [untrained.classifier, { ...feed, ...schedule }],
  trainSegmenter: [untrained.segmenter, { ...feed, ...schedule, loss: "bce" }],
  uploadImage: [compute, image, {}],
  writeAnnotations: [[], { format: "voc" }],
};

/** Functions without options. */
const WITHOUT_OPTIONS: Readonly<Record<string, readonly unknown[]>> = {
  activationMap: [plane, floats],
  applyThreshold: [plane, 2],
  bandOf: [hairline.widthBands.jci, 1],
  componentLabels: [{ width: 2, height: 1, data: new Uint8Array(2) }],
  connectedComponents: [plane],
  distanceTransform: [plane],
  decodeCocoRle: [{ size: [1, 1], counts: [1] }],
  encodeCocoRle: [{ width: 2, height: 1, data: new Uint8Array(2) }],
  encodePng: [image],
  maximum: [plane],
  multiply: [plane, plane],
  normalise: [plane, plane],
  openPatchFolder: ["patches/", []],
  parseWidthBands: ["{}"],
  thin: [plane],
};

/** Functions that are given plain values of their own types, or anything. */
const LEFT_OUT = new Set([
  "countLabels",
  "coveringGrid",
  "decodeSample",
  "defineKernel",
  "isLabelledAsWhole",
  "loadClassifier",
  "loadSegmenter",
  "patchLabelled",
  "patchLabelsOfMask",
  "patchTruth",
  "pixelTruth",
  "possibleCrack",
  "requireBothClasses",
  "wholePhotoLabels",
]);

const functions = hairline as unknown as Record<string, (...given: unknown[]) => unknown>;

/** The error that a function throws or rejects with. */
async function failureOf(name: string, ...given: readonly unknown[]): Promise<unknown> {
  try {
    await functions[name](...given);
  } catch (error) {
    return error;
  }
  assert.fail(`${name}() took ${given.length} wrong arguments`);
}

function assertSentence(error: unknown, part: string, about: string): void {
  assert.ok(error instanceof TypeError, `${about}: ${error}`);
  assert.match(error.message, /^Cannot [^\n]+\.$/, about);
  assert.ok(error.message.includes(part), `${about}: ${error.message}`);
}

Deno.test("every function of mod.ts is in these tests", () => {
  const plain = Object.entries(hairline)
    .filter(([, value]) => typeof value === "function" && !/^class /.test(String(value)))
    .map(([name]) => name);
  const known = [...Object.keys(WITH_OPTIONS), ...Object.keys(WITHOUT_OPTIONS), ...LEFT_OUT];
  assert.deepEqual(plain.sort(), known.sort());
});

Deno.test("every function of mod.ts says which argument is missing", async () => {
  for (const [name, given] of Object.entries({ ...WITH_OPTIONS, ...WITHOUT_OPTIONS })) {
    const least = functions[name].length;
    // An argument that may be left out is not missing.
    for (let count = 0; count < Math.min(least, given.length); count++) {
      assertSentence(await failureOf(name, ...given.slice(0, count)), "is", `${name} of ${count} arguments`);
    }
  }
});

Deno.test("every function of mod.ts names an unknown option and those that it knows", async () => {
  for (const [name, given] of Object.entries(WITH_OPTIONS)) {
    const options = { ...given.at(-1) as object, radios: 3 };
    const error = await failureOf(name, ...given.slice(0, -1), options);
    assertSentence(error, "there is no options.radios; known are ", name);
  }
});

Deno.test("every function of mod.ts refuses options that are no object", async () => {
  for (const [name, given] of Object.entries(WITH_OPTIONS)) {
    assertSentence(await failureOf(name, ...given.slice(0, -1), 3), "options is 3, an object of ", name);
  }
});

Deno.test("wrong arguments are named, shown, and what is wanted is said", async () => {
  const recipe = hairline.recipes.paper;
  const { greyWeights: _, ...incomplete } = recipe;
  const cases: [sentence: string, name: string, ...given: unknown[]][] = [
    [
      "Cannot label a photo: options.classifier is missing, a classifier such as await loadClassifier() gives is wanted.",
      ...["labelImage", compute, image, {}] as const,
    ],
    [
      "Cannot label a photo: compute is a Promise (await is missing), a device such as await openCompute() gives is wanted.",
      ...["labelImage", Promise.resolve(compute), image, { classifier }] as const,
    ],
    [
      'Cannot label a photo: image is "photo.jpg", an image such as await decodeImage(bytes) gives is wanted.',
      ...["labelImage", compute, "photo.jpg", { classifier }] as const,
    ],
    [
      'Cannot label a photo: options.recipe is "papr", "paper" or "reference" is wanted.',
      ...["labelImage", compute, image, { classifier, recipe: "papr" }] as const,
    ],
    [
      "Cannot label a photo: options.recipe.greyWeights is missing, [red, green, blue] in numbers is wanted.",
      ...["labelImage", compute, image, { classifier, recipe: incomplete }] as const,
    ],
    [
      'Cannot label a photo: options.recipe.cam is "gradcam", "grad-cam++", "grad-cam", or "none" is wanted.',
      ...["labelImage", compute, image, { classifier, recipe: { ...recipe, cam: "gradcam" } }] as const,
    ],
    [
      'Cannot filter a plane: options.radius is "2", a number is wanted.',
      ...["bilateralFilter", plane, { radius: "2" }] as const,
    ],
    [
      "Cannot filter a plane: plane is an ImageData, a plane such as compute.upload() and the kernels give is wanted.",
      ...["bilateralFilter", image] as const,
    ],
    [
      "Cannot erode: there is no options.sise; known are size and iterations.",
      ...["erode", plane, { sise: 3 }] as const,
    ],
    [
      "Cannot take the grey value of a plane: options.weights is [1,2], [red, green, blue] in numbers is wanted.",
      ...["grayscale", plane, { weights: [1, 2] }] as const,
    ],
    [
      "Cannot load a network: source is 3, a path, a URL or a Uint8Array is wanted.",
      ...["loadClassifier", 3] as const,
    ],
    [
      "Cannot save a network: segmenter is a NetworkClassifier, a Segmenter is wanted.",
      ...["saveSegmenter", untrained.classifier] as const,
    ],
  ];
  for (const [sentence, name, ...given] of cases) {
    const error = await failureOf(name, ...given);
    assert.equal(error instanceof Error && error.message, sentence);
  }
});

Deno.test("a function of mod.ts that is given a recipe by its name takes it", () => {
  const { title } = hairline.paperLabeller(compute as never, {
    classifier: classifier as never,
    recipe: "reference",
  });
  assert.equal(title, "reference");
});

// TypeScript finds these where they are written: without the errors `deno check` would fail.
const _compileTime = (plane: hairline.Plane, compute: hairline.Compute, image: ImageData) => [
  // @ts-expect-error: a classifier is wanted.
  hairline.labelImage(compute, image, {}),
  // @ts-expect-error: no recipe of that name.
  hairline.labelImage(compute, image, { classifier, recipe: "papr" }),
  // @ts-expect-error: a number is wanted.
  hairline.bilateralFilter(plane, { radius: "2" }),
  // @ts-expect-error: there is no such option.
  hairline.bilateralFilter(plane, { radios: 2 }),
];
