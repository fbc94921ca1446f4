import assert from "node:assert/strict";
import { createClassifier } from "../../../models/classifier/classifier.ts";
import { convertLayer } from "../../../models/import/convert_layer.ts";
import type { ForeignTensor, ForeignWeights } from "../../../models/import/foreign_weights.ts";
import { describeImport, importWeights } from "../../../models/import/import_weights.ts";
import { type ImportableArch, normalisationScaling } from "../../../models/import/layouts.ts";
import { readSafetensorsWeights } from "../../../models/import/open_weights.ts";
import type { ParameterSpecs } from "../../../models/layers/parameters.ts";
import { liuDeepcrack } from "../../../models/segmenter/liu_deepcrack.ts";
import { oed } from "../../../models/segmenter/oed.ts";
import { zouDeepcrack } from "../../../models/segmenter/zou_deepcrack.ts";
import { tf } from "../../../models/tfjs.ts";
import { use } from "../testing.ts";

const FIXTURES = new URL("../../fixtures/weights/", import.meta.url);

/** A file of tensors of zeros, or of the values that are given. */
function fileOf(shapes: Readonly<Record<string, readonly number[]>>): ForeignWeights {
  const tensor = (shape: readonly number[]): ForeignTensor => ({
    shape,
    get data() {
      return new Float32Array(shape.reduce((product, size) => product * size, 1));
    },
  });
  return {
    kind: "test file",
    tensors: new Map(Object.entries(shapes).map(([name, shape]) => [name, tensor(shape)])),
    [Symbol.dispose]() {},
  };
}

const torchvision: Record<string, Record<string, number[]>> = JSON.parse(
  await Deno.readTextFile(new URL("torchvision_names.json", FIXTURES)),
);

Deno.test("importWeights() refuses NaN and infinite values of layers that it takes, and names the first", () => {
  const specs = createClassifier({ arch: "resnet18" }).specs;
  const shapes = torchvision.resnet18;
  for (const [name, wrong] of [["conv1.weight", NaN], ["fc.bias", Infinity]] as const) {
    const whole = fileOf(shapes);
    const length = shapes[name].reduce((product, size) => product * size, 1);
    const tensors = new Map(whole.tensors).set(name, {
      shape: shapes[name],
      data: new Float32Array(length).fill(wrong, length - 1),
    });
    if (name === "fc.bias") {
      // The head of ImageNet is not taken: what it holds is no matter.
      assert.ok(importWeights({ ...whole, tensors }, { arch: "resnet18", specs }).values.size > 0);
      continue;
    }
    assert.throws(() => importWeights({ ...whole, tensors }, { arch: "resnet18", specs }), {
      name: "RangeError",
      message:
        /from the test file: what it has for "conv1_conv\/kernel" holds NaN where finite numbers are wanted/,
    });
  }
});

const NETWORKS: {
  readonly file: string;
  readonly arch: ImportableArch;
  readonly specs: () => ParameterSpecs;
  readonly unused: readonly string[];
}[] = [
  {
    file: "resnet18",
    arch: "resnet18",
    specs: () => createClassifier({ arch: "resnet18" }).specs,
    unused: [],
  },
  {
    file: "efficientnet_b0",
    arch: "oed_b0",
    specs: () => oed({ encoder: "b0" }).specs,
    unused: ["classifier.1.weight", "classifier.1.bias"],
  },
  {
    file: "efficientnet_b0",
    arch: "efficientnet_b0",
    specs: () => createClassifier({ arch: "efficientnet_b0" }).specs,
    unused: [],
  },
  {
    file: "vgg16",
    arch: "deepcrack_zou",
    specs: () => zouDeepcrack().specs,
    unused: [0, 3, 6].flatMap((layer) => [`classifier.${layer}.weight`, `classifier.${layer}.bias`]),
  },
  {
    file: "vgg16_bn",
    arch: "deepcrack_liu",
    specs: () => liuDeepcrack().specs,
    unused: [0, 3, 6].flatMap((layer) => [`classifier.${layer}.weight`, `classifier.${layer}.bias`]),
  },
];

for (const { file, arch, specs, unused } of NETWORKS) {
  Deno.test(`importWeights() finds a place for every layer of torchvision's ${file} in ${arch}`, () => {
    const taken = importWeights(fileOf(torchvision[file]), { arch, specs: specs() });
    assert.deepEqual(taken.missing, []);
    assert.deepEqual(taken.unused, unused);
    // The head of ImageNet's 1000 classes.
    const mismatched = taken.mismatched.map(({ source }) => source);
    const head = { resnet18: "fc.weight", efficientnet_b0: "classifier.1.weight" }[arch as string];
    assert.deepEqual(mismatched, head === undefined ? [] : [head]);
    for (const [name, values] of taken.values) {
      const { shape } = specs().get(name)!;
      assert.equal(values.length, shape.reduce((product, size) => product * size, 1), name);
    }
    if (arch === "deepcrack_zou") assert.match(taken.own[0], /^decoder/);
    if (arch === "oed_b0") assert.equal(taken.own.some((name) => /^(stem|block|top)/.test(name)), false);
  });
}

Deno.test("importWeights() takes the first blocks of torchvision's ResNet-50, and where it halves the image", () => {
  const { specs } = createClassifier({ arch: "resnet50" });
  const { values, mismatched, strideAt } = importWeights(fileOf(torchvision.resnet50), {
    arch: "resnet50",
    specs,
  });
  assert.equal(strideAt, "middle");
  assert.deepEqual(mismatched.map(({ source }) => source), ["fc.weight"]);
  const layers = [...values.keys()].filter((name) => name.endsWith("/kernel")).map((name) =>
    name.slice(0, -7)
  );
  assert.deepEqual(layers, [
    "conv1_conv",
    ...[1, 2, 3].flatMap((block) =>
      (block === 1 ? [0, 1, 2, 3] : [1, 2, 3]).map((layer) => `conv2_block${block}_${layer}_conv`)
    ),
    ...[0, 1, 2, 3].map((layer) => `conv3_block1_${layer}_conv`),
  ]);
});

Deno.test("importWeights() takes timm's and Keras' names of an EfficientNet into the encoder of OED", () => {
  const { specs } = oed({ encoder: "b0", width: 0.1 });
  const shapeOf = (name: string) => specs.get(name)!.shape;
  const timm: Record<string, readonly number[]> = {};
  const outputsFirst = (
    [height, width, inputs, outputs]: readonly number[],
  ) => [outputs, inputs, height, width];
  const layer = (name: string, ours: string, batchNorm?: [theirs: string, ours: string]) => {
    const depthwise = specs.has(`${ours}/depthwise_kernel`);
    const shape = shapeOf(depthwise ? `${ours}/depthwise_kernel` : `${ours}/kernel`);
    timm[`${name}.weight`] = depthwise ? [shape[2], 1, shape[0], shape[1]] : outputsFirst(shape);
    if (!batchNorm) timm[`${name}.bias`] = [shape[3]];
    for (const role of batchNorm ? ["weight", "bias", "running_mean", "running_var"] : []) {
      timm[`${batchNorm![0]}.${role}`] = shapeOf(`${batchNorm![1]}/gamma`);
    }
  };
  layer("conv_stem", "stem_conv", ["bn1", "stem_bn"]);
  layer("blocks.0.0.conv_dw", "block1a_dwconv", ["blocks.0.0.bn1", "block1a_bn"]);
  layer("blocks.0.0.se.conv_reduce", "block1a_se_reduce");
  layer("blocks.0.0.se.conv_expand", "block1a_se_expand");
  layer("blocks.0.0.conv_pw", "block1a_project_conv", ["blocks.0.0.bn2", "block1a_project_bn"]);
  layer("blocks.1.1.conv_pw", "block2b_expand_conv", ["blocks.1.1.bn1", "block2b_expand_bn"]);
  layer("blocks.1.1.conv_dw", "block2b_dwconv", ["blocks.1.1.bn2", "block2b_bn"]);
  layer("blocks.1.1.se.conv_reduce", "block2b_se_reduce");
  layer("blocks.1.1.se.conv_expand", "block2b_se_expand");
  layer("blocks.1.1.conv_pwl", "block2b_project_conv", ["blocks.1.1.bn3", "block2b_project_bn"]);
  layer("conv_head", "top_conv", ["bn2", "top_bn"]);
  const names = [
    "stem",
    "block1a",
    "block1a_se_reduce",
    "block1a_se_expand",
    "block1a_project",
    "block2b_expand",
    "block2b",
    "block2b_se_reduce",
    "block2b_se_expand",
    "block2b_project",
    "top",
  ];
  const ours = [...specs.keys()].filter((name) =>
    names.includes(name.slice(0, name.indexOf("/")).replace(/_(conv|dwconv|bn)$/, ""))
  );
  for (
    const [layout, shapes] of [
      ["timm", timm],
      ["Keras", Object.fromEntries(ours.map((name) => [name, shapeOf(name)]))],
    ] as const
  ) {
    const taken = importWeights(fileOf(shapes), { arch: "oed_b0", specs });
    assert.equal(taken.layout, layout);
    assert.deepEqual([...taken.values.keys()].sort(), ours.toSorted());
    assert.deepEqual([taken.unused, taken.mismatched], [[], []]);
    assert.equal(taken.own.every((name) => !/^(stem|block|top)/.test(name)), true);
    assert.equal(taken.missing.includes("block7a_project_bn/gamma"), true);
  }
});

Deno.test("normalisationScaling() reads means and variances, and deviations where Keras' weights of ImageNet have them for variances", () => {
  const of = (mean: number[], variance: number[]) => {
    const { offset, divisor } = normalisationScaling(Float32Array.from(mean), Float32Array.from(variance));
    return [offset, divisor].flat().map((value) => Math.round(1000 * value) / 1000);
  };
  assert.deepEqual(
    of([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    [123.675, 116.28, 103.53, 58.395, 57.12, 57.375],
  );
  assert.deepEqual(
    of([0.485, 0.456, 0.406], [0.229 ** 2, 0.224 ** 2, 0.225 ** 2]),
    [123.675, 116.28, 103.53, 58.395, 57.12, 57.375],
  );
  assert.deepEqual(of([0, 0, 0], [1, 1, 1]), [0, 0, 0, 255, 255, 255]);
});

Deno.test("a ResNet with torchvision's weights gives torchvision's logits, edges included", async () => {
  const { logits: expected } = JSON.parse(
    await Deno.readTextFile(new URL("torchvision_resnet18.json", FIXTURES)),
  ) as { logits: number[] };
  const bytes = await Deno.readFile(new URL("torchvision_resnet18.safetensors", FIXTURES));
  using weights = readSafetensorsWeights(bytes);
  const options = { arch: "resnet18", width: 0.01 } as const;
  const { specs } = createClassifier(options);
  const taken = importWeights(weights, { arch: "resnet18", specs });
  assert.deepEqual(describeImport(taken), []);
  await use("cpu");
  using classifier = createClassifier({ ...options, strideAt: taken.strideAt, scaling: taken.scaling });
  for (const [name, data] of taken.values) {
    const variable = classifier.parameters.get(name)!;
    tf.tidy(() => variable.assign(tf.tensor(data, variable.shape)));
  }
  const [height, width] = [37, 50];
  const image = Array.from(
    { length: height },
    (_, y) => Array.from({ length: width }, (_, x) => [x * 5 % 256, y * 7 % 256, (x + y) * 3 % 256]),
  );
  const actual = tf.tidy(() => classifier.logits(tf.tensor4d([image])).dataSync<"float32">());
  for (const [i, value] of expected.entries()) {
    assert.ok(Math.abs(actual[i] - value) < 1e-5, `${actual} instead of ${expected}`);
  }
});

Deno.test("importWeights() lists what is missing, of another shape, and left over", () => {
  const { specs } = createClassifier({ arch: "resnet18", width: 0.01 });
  const shapes: Record<string, readonly number[]> = {
    "module.conv1.weight": [8, 3, 7, 7],
    "module.bn1.weight": [8],
    "module.bn1.bias": [8],
    "module.bn1.running_mean": [8],
    "module.bn1.running_var": [8],
    "module.bn1.num_batches_tracked": [],
    "module.layer1.0.conv1.weight": [8, 8, 3, 3],
    "module.layer1.0.conv2.weight": [16, 8, 3, 3],
    "module.layer1.0.bn2.weight": [16],
    "module.layer1.0.bn2.bias": [16],
    "module.layer1.0.bn2.running_mean": [16],
    "module.layer1.0.bn2.running_var": [16],
    "module.layer9.weight": [2, 2],
    "module.fc.weight": [1000, 8],
    "module.fc.bias": [1000],
  };
  const taken = importWeights(fileOf(shapes), { arch: "resnet18", specs });
  assert.deepEqual([...taken.values.keys()].filter((name) => !name.startsWith("conv1_")), []);
  assert.equal(taken.values.size, 6);
  // A layer without its batch norm is not taken.
  assert.equal(taken.missing.includes("conv2_block1_1_conv/kernel"), true);
  assert.deepEqual(taken.mismatched, [
    {
      name: "conv2_block1_2_conv/kernel",
      source: "layer1.0.conv2.weight",
      found: [3, 3, 8, 16],
      wanted: [3, 3, 8, 8],
    },
    { name: "predictions/kernel", source: "fc.weight", found: [8, 1000], wanted: [8, 2] },
  ]);
  assert.deepEqual(taken.unused, ["layer1.0.conv1.weight", "layer9.weight"]);
  const sentences = describeImport(taken);
  assert.match(
    sentences[0],
    /^Of torchvision's layers the file lacks those of \d+ parameters: conv2_block1_1_conv/,
  );
  assert.equal(
    sentences[2],
    "fc.weight is 8 × 1000 and predictions/kernel 8 × 2: its layer keeps its first values.",
  );
  assert.equal(
    sentences[3],
    "Nothing was taken from 2 tensors of the file: layer1.0.conv1.weight, layer9.weight.",
  );
});

Deno.test("importWeights() refuses a file of another network in one sentence", () => {
  const { specs } = createClassifier({ arch: "resnet18", width: 0.01 });
  assert.throws(() => importWeights(fileOf({ "a.b": [1], "c": [2] }), { arch: "resnet18", specs }), {
    name: "RangeError",
    message:
      'Cannot take weights for resnet18 from the test file: none of its 2 tensors ("a.b", "c") has the name of a ' +
      'layer of that network, such as "conv1.weight" (torchvision) or "conv1_conv/kernel" (Keras).',
  });
});

Deno.test("convertLayer() keeps what a layer computes, whatever either side has", () => {
  const tensor = (shape: number[], ...data: number[]) => ({ shape, data: Float32Array.from(data) });
  // One input, two outputs, outputs first.
  const kernel = tensor([2, 1, 1, 1], 3, -2), bias = tensor([2], 0.5, 0.25);
  const batchNorm = {
    gamma: tensor([2], 2, -1),
    beta: tensor([2], 0.125, 1),
    mean: tensor([2], 0.75, -0.5),
    variance: tensor([2], 1e-4, 4),
  };
  const epsilon = { theirs: 1e-5, ours: 1e-3 };
  const x = 1.5;
  for (const theirs of [{ kernel }, { kernel, bias }, { kernel, batchNorm }, { kernel, bias, batchNorm }]) {
    const expected = [0, 1].map((i) => {
      const y = kernel.data[i] * x + ("bias" in theirs ? bias.data[i] : 0);
      if (!("batchNorm" in theirs)) return y;
      const { gamma, beta, mean, variance } = batchNorm;
      return gamma.data[i] * (y - mean.data[i]) / Math.sqrt(variance.data[i] + 1e-5) + beta.data[i];
    });
    for (
      const ours of [{ bias: true, batchNorm: false }, { bias: true, batchNorm: true }, {
        bias: false,
        batchNorm: true,
      }]
    ) {
      const options = { convention: "pytorch", epsilon, depthwise: false, bgr: false } as const;
      const made = convertLayer(theirs, { ...options, ours });
      const actual = [0, 1].map((i) => {
        const y = made.kernel[i] * x + (ours.bias ? made.bias[i] : 0);
        if (!made.batchNorm) return y;
        const { gamma, beta, mean, variance } = made.batchNorm;
        return gamma[i] * (y - mean[i]) / Math.sqrt(variance[i] + 1e-3) + beta[i];
      });
      assert.equal(made.batchNorm !== undefined, ours.batchNorm);
      for (const [i, value] of expected.entries()) {
        assert.ok(
          Math.abs(actual[i] - value) <= 1e-6 * Math.max(1, Math.abs(value)),
          `${actual}, ${expected}`,
        );
      }
    }
  }
});

Deno.test("convertLayer() orders axes and colours", () => {
  const made = (shape: number[], options: Partial<Parameters<typeof convertLayer>[1]>) => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
    return [
      ...convertLayer({ kernel: { shape, data } }, {
        convention: "pytorch",
        epsilon: { theirs: 1e-5, ours: 1e-5 },
        depthwise: false,
        ours: { bias: true, batchNorm: false },
        bgr: false,
        ...options,
      }).kernel,
    ];
  };
  // Outputs × inputs × height × width of 2 × 3 × 1 × 2.
  assert.deepEqual(made([2, 3, 1, 2], {}), [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]);
  assert.deepEqual(made([2, 3, 1, 2], { bgr: true }), [4, 10, 2, 8, 0, 6, 5, 11, 3, 9, 1, 7]);
  assert.deepEqual(made([2, 1, 1, 3], { depthwise: true }), [0, 3, 1, 4, 2, 5]);
  assert.deepEqual(made([2, 3], {}), [0, 3, 1, 4, 2, 5]);
  assert.deepEqual(made([1, 2, 3, 1], { convention: "keras" }), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(made([1, 2, 3, 1], { convention: "keras", bgr: true }), [2, 1, 0, 5, 4, 3]);
});
