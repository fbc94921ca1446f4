/**
 * Compares our ResNets and EfficientNets with torchvision's on the same random weights and images, 1000 classes and 2:
 *
 * ```sh
 * deno run --allow-read --allow-write=tests/.tmp --allow-run=/usr/bin/python3 tests/peers/torchvision_logits.ts resnet18 efficientnet_b0
 * ```
 *
 * Not among the tests: it needs Debian's python3-torchvision. It fails where logits differ by more than 0.0001.
 *
 * @module
 */
import { openCompute } from "../../core/gpu/open_compute.ts";
import { type BackendName, openBackend } from "../../models/backend.ts";
import { ARCHS, describeNetwork } from "../../models/classifier/architectures.ts";
import type { Arch } from "../../models/classifier/classifier_network.ts";
import { createClassifier } from "../../models/classifier/classifier.ts";
import { headSpecs } from "../../models/classifier/head.ts";
import { importWeights } from "../../models/import/import_weights.ts";
import { type ImportableArch, isImportable } from "../../models/import/layouts.ts";
import { readSafetensorsWeights } from "../../models/import/open_weights.ts";
import { tf } from "../../models/tfjs.ts";
import { PYTHON } from "../bench/peer.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const COUNT = 3;
const BACKENDS: readonly BackendName[] = ["wasm", "webgpu"];

const archs = Deno.args.length > 0 ? Deno.args : ["resnet50"];
for (const arch of archs) {
  const known = ARCHS.filter((known) => isImportable(known)).find((known) => known === arch);
  if (known === undefined) throw new RangeError(`Cannot compare "${arch}".`);
  for (const classes of [1000, 2]) await compare(known, classes);
}

async function compare(arch: Arch & ImportableArch, classes: number): Promise<void> {
  // torchvision pads an EfficientNet's images alike on all sides, which is TensorFlow's rule where every halving is of an odd size.
  const [height, width] = arch.startsWith("efficientnet") ? [65, 97] : [75, 102];
  await using folder = await temporaryFolder();
  const script = new URL("torchvision_logits.py", import.meta.url).pathname;
  const { success } = await new Deno.Command(PYTHON, {
    args: [script, arch, ...[classes, height, width].map(String), folder.path],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot compare ${arch}: torchvision failed, its last words are above.`);
  const images = await Deno.readFile(`${folder.path}/images.bin`);
  const expected = new Float32Array((await Deno.readFile(`${folder.path}/logits.bin`)).buffer);

  using weights = readSafetensorsWeights(await Deno.readFile(`${folder.path}/weights.safetensors`));
  const plain = describeNetwork({ arch });
  const specs = new Map([...plain.specs, ...headSpecs("paper", plain.channels)]);
  const { values, strideAt, scaling, missing, mismatched, unused } = importWeights(weights, { arch, specs });
  console.log(
    `${arch}, ${classes} classes: ${values.size} of ${specs.size} parameters, ${missing.length} missing, ` +
      `${mismatched.length} of another shape, ${unused.length} unused`,
  );
  using compute = await openCompute();
  for (const backend of BACKENDS) {
    await openBackend({ backend, compute });
    using classifier = createClassifier({ arch, strideAt, scaling });
    for (const [name, data] of values) {
      const variable = classifier.parameters.get(name)!;
      tf.tidy(() => variable.assign(tf.tensor(data, variable.shape)));
    }
    const logits = tf.tidy(() => {
      const x = tf.tensor4d(Float32Array.from(images), [COUNT, height, width, 3]);
      if (classes === 2) return classifier.logits(x);
      // Our classifiers have two classes: their dense layer on our features.
      const head = arch.startsWith("efficientnet") ? "classifier.1" : "fc";
      const fc = weights.tensors.get(`${head}.weight`)!, bias = weights.tensors.get(`${head}.bias`)!;
      const kernel = tf.tensor2d(fc.data, [classes, plain.channels]);
      return tf.matMul(classifier.features(x).mean<tf.Tensor2D>([1, 2]), kernel, false, true).add(bias.data);
    });
    const actual = await logits.data<"float32">();
    logits.dispose();
    const difference = Math.max(...actual.map((value, i) => Math.abs(value - expected[i])));
    const largest = Math.max(...expected.map(Math.abs));
    console.log(
      `  ${backend}: logits up to ${largest.toFixed(3)} differ by ${difference.toExponential(2)} at most`,
    );
    if (!(difference <= 1e-4 * Math.max(1, largest))) Deno.exitCode = 1;
  }
}
