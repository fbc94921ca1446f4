/**
 * A label of a 640 × 360 photo by the paper's method: the stages that need no network (6, 7, 8, 10, 11; upload and one readback included),
 * then all of them, with the classifier that ships and with the paper's ResNet-50 (its values do not matter for its time), the latter beside
 * the same pipeline of PyTorch, OpenCV and scikit-image, which runs in a subprocess where Debian's packages are installed; then a label by
 * the method hairline with the networks that ship:
 *
 *     deno bench --no-prompt --allow-read --allow-run=/usr/bin/python3 tests/bench/label_bench.ts
 *
 * On the WASM backend networks run in one thread a core.
 */
import { openCompute } from "../../core/gpu/open_compute.ts";
import { uploadImage } from "../../core/images/upload_image.ts";
import { hairlineLabeller } from "../../core/label/hairline/hairline_label.ts";
import { defaultHairline, LOCALISATIONS } from "../../core/label/hairline/settings.ts";
import { joinMaps, labelImage, thresholdCracks } from "../../core/label/label_image.ts";
import { recipes } from "../../core/label/recipe.ts";
import { loadClassifier } from "../../models/classifier/checkpoint.ts";
import { createClassifier } from "../../models/classifier/classifier.ts";
import { loadSegmenter } from "../../models/segmenter/checkpoint.ts";
import { Peer } from "./peer.ts";
import { testPhoto } from "./test_photo.ts";

const compute = await openCompute();
const image = await testPhoto(640, 360);
// What a localisation would be: certain everywhere, so that no later stage has it easy.
const everywhere = compute.upload({
  width: image.width,
  height: image.height,
  channels: 1,
  data: new Float32Array(image.width * image.height).fill(0.75),
});

for (const recipe of [recipes.paper, recipes.reference]) {
  Deno.bench(`stages 6, 7, 8, 10, 11 (${recipe.name})`, { group: "stages without a network" }, async () => {
    using photo = uploadImage(compute, image);
    using dark = thresholdCracks(photo, recipe);
    using confidence = joinMaps(everywhere, dark, recipe);
    await confidence.read();
  });
}

const THREADS = "2";

async function openPeer(): Promise<{ peer: Peer; versions: string } | undefined> {
  try {
    const peer = new Peer("label.py", [String(image.width), String(image.height), THREADS]);
    return { peer, versions: await peer.ask(Uint8Array.from(image.data).filter((_, i) => i % 4 < 3)) };
  } catch (error) {
    console.log(`No PyTorch to compare with: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

const RUNS = { n: 10, warmup: 2 };
const found = await openPeer();
for (const classifier of [await loadClassifier(), createClassifier({ arch: "resnet50" })]) {
  const group = `whole label with ${classifier.name}`;
  Deno.bench(`Hairline: ${classifier.name}`, { group, baseline: true, ...RUNS }, async () => {
    await labelImage(compute, image, { classifier });
  });
  if (found === undefined || classifier.name !== "resnet50") continue;
  const { peer, versions } = found;
  Deno.bench(`${versions}, ${THREADS} threads: resnet50`, { group, ...RUNS }, async () => {
    await peer.ask("");
  });
}

const networks = { classifier: await loadClassifier(), segmenter: await loadSegmenter() };
for (const localisation of LOCALISATIONS) {
  const labeller = hairlineLabeller(compute, { ...networks, settings: { ...defaultHairline, localisation } });
  Deno.bench(`hairline, localisation ${localisation}`, { group: "hairline", ...RUNS }, async () => {
    await labeller.label(image);
  });
}
