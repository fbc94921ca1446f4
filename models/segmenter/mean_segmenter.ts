import { tf } from "../tfjs.ts";
import { loadSegmenterCheckpoint } from "./checkpoint.ts";
import { Segmenter } from "./segmenter.ts";

/**
 * The mean of networks of one kind, weight by weight (Izmailov et al. 2018, https://arxiv.org/abs/1803.05407). Of networks that one training after
 * the other has made it is a network, too, and often a better one than the last; not for networks that were trained apart, whose weights do not correspond. Needs an open backend.
 *
 * @param checkpoints their files, one or more.
 * @returns the caller's to dispose.
 * @throws {SyntaxError} for a file that is no checkpoint of a segmentation network.
 * @throws {RangeError} for networks of several kinds, or none.
 */
export async function meanSegmenter(checkpoints: readonly Uint8Array[]): Promise<Segmenter> {
  using loaded = new DisposableStack();
  const networks: Segmenter[] = [];
  for (const bytes of checkpoints) {
    networks.push(loaded.use((await loadSegmenterCheckpoint(bytes)).segmenter));
  }
  requireOneKind(networks);
  const [{ network, seed, trainingSize, parameters }] = networks;
  const means = [...parameters].map(([name, variable]): [string, tf.Variable] => {
    const same = networks.map(({ parameters }) => parameters.get(name)!);
    return [name, tf.tidy(() => tf.variable(tf.addN(same).div(networks.length), variable.trainable))];
  });
  return new Segmenter({ network, seed, trainingSize, parameters: () => new Map(means) });
}

function requireOneKind(networks: readonly Segmenter[]): void {
  const kinds = new Set(
    networks.map(({ name, description: { scaling } }) =>
      `${name} of (value − ${scaling.offset}) / ${scaling.divisor}`
    ),
  );
  if (kinds.size === 1) return;
  const found = kinds.size === 0 ? "there are none" : `these are ${[...kinds].join(" and ")}`;
  throw new RangeError(`Cannot average networks: ${found}; give one or more, all of one kind.`);
}
