import assert from "node:assert/strict";
import { countParameters } from "../../../models/layers/parameters.ts";
import { describeSegmentationNetwork, IMAGE_ARCHS } from "../../../models/segmenter/architectures.ts";
import type { SegmentationArch } from "../../../models/segmenter/segmentation_network.ts";
import { tf } from "../../../models/tfjs.ts";
import { BACKENDS, relativeDifference, use } from "../testing.ts";
import { checkOutputs, networkBehaviour } from "./networks.ts";

/** OED's larger encoders are the smallest with more of the same blocks. */
const ARCHS = IMAGE_ARCHS.filter((arch) => !/^oed_b[1-5]$/.test(arch));

/** How the behaviour of a network is compared between backends, where that is not with 1e-3 and images of three multiples in width. */
const COMPARISONS: {
  readonly [arch in SegmentationArch]?: { tolerance: number; multiples: number; width?: number };
} = {
  // A single channel that is projected by one weight, before a batch norm, would give that weight a gradient of nothing but rounding.
  unet_konig: { tolerance: 1e-3, multiples: 3, width: 1 / 16 },
  deepcrack_zou: { tolerance: 1e-4, multiples: 1 },
  // Dozens of batch norms over as few as twelve values enlarge the rounding of float32 step by step towards the image.
  oed_b0: { tolerance: 1e-2, multiples: 3 },
};

for (const arch of ARCHS) {
  const full = describeSegmentationNetwork({ arch });
  // Channels as few as tests can do with.
  const narrow = describeSegmentationNetwork({ arch, width: COMPARISONS[arch]?.width ?? 1 / 32 });
  const { multiple } = full;

  Deno.test(`${arch} sums up its parameters, and one multiplication a weight and pixel`, () => {
    for (const network of [full, narrow]) {
      const { specs } = network;
      const [few, many] = [2, 4].map((rows) =>
        network.summary({ height: rows * multiple, width: 3 * multiple })
      );
      assert.equal(few.reduce((sum, { parameters }) => sum + parameters, 0), countParameters(specs));
      for (const lines of [few, many]) {
        for (const { name, kind, multiplyAdds, output: [height, width] } of lines) {
          const kernel = specs.get(`${name}/kernel`) ?? specs.get(`${name}/depthwise_kernel`);
          const taps = kernel?.shape.reduce((product, size) => product * size, 1) ?? 0;
          // A transposed convolution that doubles the size has each of its taps once for each pixel of its input.
          const pixels = height * width / (kind.startsWith("transposed") ? 4 : 1);
          assert.equal(multiplyAdds, pixels * taps, name);
        }
      }
      for (const [i, { name, output: [height, width] }] of few.entries()) {
        const whole = height === 1 && width === 1;
        assert.equal(many[i].output[0], whole ? 1 : 2 * height, name);
      }
    }
  });

  Deno.test(`${arch} is as large as the image in all outputs, of any multiple of ${multiple}`, async () => {
    await use("wasm");
    await checkOutputs(narrow, [
      [multiple, multiple],
      [multiple, 5 * multiple],
      [3 * multiple, 2 * multiple],
    ]);
  });

  Deno.test(`${arch} refuses other sizes and widths outside (0, 1]`, async () => {
    await use("wasm");
    const [height, width] = [2 * multiple, 1.5 * multiple];
    const x = tf.zeros<tf.Rank.R4>([1, height, width, 3]);
    assert.throws(() => narrow.run(x, { parameters: new Map(), training: false }), {
      name: "RangeError",
      message: new RegExp(`${width} × ${height}.*multiples of ${multiple}`),
    });
    x.dispose();
    for (const width of [0, 1.5, NaN]) {
      assert.throws(() => describeSegmentationNetwork({ arch, width }), RangeError);
    }
  });

  Deno.test(`${arch} predicts and learns the same on all backends`, async () => {
    const { tolerance, multiples } = COMPARISONS[arch] ?? { tolerance: 1e-3, multiples: 3 };
    let expected: Map<string, Float32Array> | undefined;
    for (const backend of BACKENDS) {
      await use(backend);
      const before = tf.memory().numTensors;
      const found = await networkBehaviour(narrow, [2, 2 * multiple, multiples * multiple, 3]);
      assert.equal(tf.memory().numTensors, before, `${backend}: everything is freed`);
      expected ??= found;
      for (const [name, values] of expected) {
        if (isShiftBeforeNorm(name)) {
          const scale = largest(found.get(name.replace(/beta$/, "gamma"))!);
          assert.ok(largest(found.get(name)!) < 1e-3 * scale, `${backend}: ${name} vanishes`);
          continue;
        }
        assert.ok(values.some((value) => value !== 0), `${name} is not zero throughout`);
        const difference = relativeDifference([found.get(name)!], [values]);
        const allowed = name.startsWith("predicted") ? 1e-4 : tolerance;
        assert.ok(difference < allowed, `${backend}: ${name} differs by ${difference}`);
      }
    }
  });
}

function largest(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}

/** Whether that is the gradient of a shift that the batch norms after it take away: it is 0, and what is found is rounding. */
function isShiftBeforeNorm(name: string): boolean {
  return /^gradient of block.*_project_bn\/beta$/.test(name);
}
