import { foldLayer } from "../layers/folded_layers.ts";
import { type Layer, layerOf } from "../layers/layer.ts";
import type { LayerGraph, Operation } from "../layers/layer_graph.ts";
import { maxPool } from "../layers/operations.ts";
import { type LayerRun, runFolded } from "../layers/run_layer.ts";
import { tf } from "../tfjs.ts";

/** Neighbouring positions in a feature map of a patch, along one axis, whose values come about alike. */
interface Stretch {
  readonly first: number;
  readonly count: number;
}

/**
 * A feature map of the patches around all pixels of an image, H × W of them.
 *
 * Patches a pixel apart share nearly all they see, and a convolution makes the same of it in each: but along a patch's edges, where it sees zeros
 * in place of what the image goes on with. So the positions of a feature map fall into stretches along either axis: a few at each end, by how far they are
 * from the edge, and all those between. What lies in one stretch of rows and one of columns is one picture for all patches; position
 * (i, j) of the patch of pixel (y, x) is its pixel (y + spacing · (i − first row), x + spacing · (j − first column)).
 *
 * A patch of 27 × 27 whose network has four convolutions of 3 × 3 and two poolings takes an eighth of the multiplications that it takes by itself.
 */
export interface PatchMaps {
  /** Pixels of the image between neighbouring positions. */
  readonly spacing: number;
  /** The same for rows and for columns. */
  readonly stretches: readonly Stretch[];
  /** By the stretch of their rows, then of their columns: 1 × (H + spacing · (count − 1)) × (W + spacing · (count − 1)) × C. */
  readonly pictures: readonly (readonly tf.Tensor4D[])[];
}

/** An operation that knows what it makes of the maps of all patches at once. */
export interface PatchOperation extends Operation {
  onMaps(maps: PatchMaps): PatchMaps;
}

/** The patches themselves: 1 × (H + side − 1) × (W + side − 1) × C holds those of side × side of H × W pixels. */
export function patchMaps(image: tf.Tensor4D, side: number): PatchMaps {
  return { spacing: 1, stretches: [{ first: 0, count: side }], pictures: [[image]] };
}

/** The graph that computes what a network says of all patches at once, by the running statistics. */
export function patchMapsGraph(run: Omit<LayerRun, "training" | "momentum">): LayerGraph<PatchMaps> {
  return {
    auxiliary: false,
    layer: (maps, options) => convolve(maps, layerOf(options, maps.pictures[0][0].shape[3]), run),
    operation(operation, maps) {
      if ("onMaps" in operation) return (operation as PatchOperation).onMaps(maps);
      throw new RangeError(`Cannot run ${operation.name} on all patches of an image at once.`);
    },
    scope: (compute) => compute(),
    chain: (maps, steps) =>
      steps.reduce((given, step) => {
        const next = step(given);
        for (const picture of given.pictures.flat()) picture.dispose();
        return next;
      }, maps),
  };
}

/** {@linkcode maxPool} of each patch. */
export function patchPool(name: string): PatchOperation {
  return {
    ...maxPool(name),
    onMaps: (maps) =>
      gather(
        maps,
        { taps: [0, 1], step: 2, count: positions(maps) >> 1 },
        (pixels) => present(pixels).reduce((greatest, pixel) => tf.maximum(greatest, pixel)),
      ),
  };
}

/** All values of a feature map of a patch in one row: channels of a map of a single position. */
export function flatten(name: string): PatchOperation {
  return {
    name,
    kind: "values of a patch in a row",
    shape: ({ height, width, channels }) => ({ height: 1, width: 1, channels: height * width * channels }),
    run: (x) => x.reshape([x.shape[0], 1, 1, -1]),
    onMaps(maps) {
      const taps = Array.from({ length: positions(maps) }, (_, i) => i);
      return gather(maps, { taps, step: 1, count: 1 }, (pixels) => tf.concat(present(pixels), 3));
    },
  };
}

/** The channels of a single pixel as a block of pixels, row by row. Maps of patches keep them as channels. */
export function block(name: string, side: number): PatchOperation {
  return {
    name,
    kind: `${side} × ${side} pixels of channels`,
    shape: () => ({ height: side, width: side, channels: 1 }),
    run: (x) => x.reshape([x.shape[0], side, side, 1]),
    onMaps: (maps) => maps,
  };
}

/** What a position of a new map takes of those of the map before it, along either axis. */
interface Window {
  /** Position p takes those at step · p + tap; beyond the patch there is nothing. */
  readonly taps: readonly number[];
  readonly step: number;
  /** Positions of the new map. */
  readonly count: number;
}

/** A stretch of a new map: for each tap, which stretch of the map before it is taken from; −1 beyond the patch. */
interface TakenStretch extends Stretch {
  readonly sources: readonly number[];
}

/**
 * A new map of all patches from the one before it.
 *
 * @param combine what becomes of the pixels of a window, row by row; undefined are those beyond the patch.
 */
function gather(
  { spacing, stretches, pictures }: PatchMaps,
  window: Window,
  combine: (pixels: readonly (tf.Tensor4D | undefined)[]) => tf.Tensor4D,
): PatchMaps {
  const { taps, step } = window;
  const taken = takenStretches(stretches, window);
  const [, height, width] = pictures[0][0].shape, reach = spacing * (stretches[0].count - 1);
  const size = [height - reach, width - reach] as const;
  const along = ({ first, count, sources }: TakenStretch, t: number, axis: 0 | 1) => ({
    source: sources[t],
    begin: spacing * (step * first + taps[t] - (stretches[sources[t]]?.first ?? 0)),
    length: size[axis] + step * spacing * (count - 1),
  });
  return {
    spacing: step * spacing,
    stretches: taken,
    pictures: taken.map((rows) =>
      taken.map((columns) =>
        tf.tidy(() =>
          combine(taps.flatMap((_, i) =>
            taps.map((_, j) => {
              const [y, x] = [along(rows, i, 0), along(columns, j, 1)];
              return pictures[y.source]?.[x.source]
                ?.slice([0, y.begin, x.begin, 0], [1, y.length, x.length, -1]);
            })
          ))
        )
      )
    ),
  };
}

function takenStretches(stretches: readonly Stretch[], { taps, step, count }: Window): TakenStretch[] {
  const stretchAt = stretches.flatMap(({ count }, i) => Array<number>(count).fill(i));
  const taken: { first: number; count: number; sources: readonly number[] }[] = [];
  for (let p = 0; p < count; p++) {
    const sources = taps.map((tap) => stretchAt[step * p + tap] ?? -1);
    const last = taken.at(-1);
    if (last?.sources.every((source, t) => source === sources[t])) last.count++;
    else taken.push({ first: p, count: 1, sources });
  }
  return taken;
}

/** A convolution with zeros around each patch: of the pixels of a window that there are, one product with their part of the kernel. */
function convolve(
  maps: PatchMaps,
  layer: Layer,
  { parameters, folded }: Omit<LayerRun, "training" | "momentum">,
): PatchMaps {
  const { side, inputs, outputs } = layer;
  const { kernel, bias } = folded?.of(layer) ?? foldLayer(layer, parameters);
  const taps = Array.from({ length: side }, (_, i) => i - (side - 1) / 2);
  const product = { ...layer, side: 1, padding: 0 };
  return gather(maps, { taps, step: 1, count: positions(maps) }, (pixels) => {
    const weights = kernel.reshape<tf.Tensor3D>([side ** 2, inputs, outputs]);
    const seen = pixels.flatMap((pixel, t) => pixel === undefined ? [] : [t]);
    const part = seen.length === side ** 2 ? weights : tf.gather(weights, seen);
    return runFolded(tf.concat(present(pixels), 3), product, {
      kernel: part.reshape([1, 1, seen.length * inputs, outputs]),
      bias,
    });
  });
}

/** Positions of a feature map along either axis. */
function positions({ stretches }: PatchMaps): number {
  return stretches.reduce((sum, { count }) => sum + count, 0);
}

function present(pixels: readonly (tf.Tensor4D | undefined)[]): tf.Tensor4D[] {
  return pixels.filter((pixel) => pixel !== undefined);
}
