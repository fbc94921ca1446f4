import {
  type ClassifierOptions,
  createClassifier,
  type NetworkClassifier,
} from "../../../models/classifier/classifier.ts";
import { parameter } from "../../../models/layers/parameters.ts";
import { tf } from "../../../models/tfjs.ts";
import { seeded } from "../../core/testing.ts";
import type { Batch, ResnetOracleOptions } from "../../oracles/resnet.ts";

/** A classifier whose every parameter differs from its neutral start, so that none can be forgotten unnoticed. */
export function scrambledClassifier(options: ClassifierOptions): NetworkClassifier {
  const classifier = createClassifier(options);
  const random = seeded(17);
  for (const name of classifier.specs.keys()) {
    const range = name.endsWith("/gamma") || name.endsWith("variance") ? [0.5, 1.5] : [-0.2, 0.2];
    if (name.endsWith("/kernel")) continue;
    const variable = parameter(classifier.parameters, name);
    const values = Float32Array.from(
      { length: variable.size },
      () => range[0] + (range[1] - range[0]) * random(),
    );
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
  return classifier;
}

/** A classifier's values for the oracle. */
export async function oracleValues(classifier: NetworkClassifier): Promise<ResnetOracleOptions["values"]> {
  const values: ResnetOracleOptions["values"] = new Map();
  for (const [name, variable] of classifier.parameters) {
    values.set(name, { shape: variable.shape, data: Float64Array.from(await variable.data()) });
  }
  return values;
}

/** Random bytes as a batch of RGB images. */
export function randomBatch(n: number, h: number, w: number, seed = 1): Batch {
  const random = seeded(seed);
  const data = Float64Array.from({ length: n * h * w * 3 }, () => Math.floor(random() * 256));
  return { n, h, w, c: 3, data };
}

/** The batch as a tensor of the current backend. */
export function batchTensor({ n, h, w, data }: Batch): tf.Tensor4D {
  return tf.tensor4d(Float32Array.from(data), [n, h, w, 3]);
}
