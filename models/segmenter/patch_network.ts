import type { RowRange } from "../../core/gpu/bands.ts";
import { prepareImages } from "../layers/input_scaling.ts";
import type { Network } from "../layers/network.ts";
import type { LayerRun } from "../layers/run_layer.ts";
import { tf } from "../tfjs.ts";
import { patchMaps, patchMapsGraph } from "./patch_maps.ts";
import type { PatchLayout, SegmentationArch, SegmentationNetwork } from "./segmentation_network.ts";

/** Patches around single pixels that run through the network at a time, by backend: on WASM few, whose features stay in the cache. */
const PATCHES_AT_ONCE: Record<string, number> = { webgpu: 4096, wasm: 64, cpu: 64 };

/** Pixels of a band of rows, the patches around all of which run through the network at once. Lower bands compute more along their edges. */
const BAND_PIXELS = 2 ** 13;

/** What a band holds, as so many patches by themselves would: measured. */
const BAND_PATCHES = 1300;

/** Maps of the values of all blocks that a prediction holds: the rows so far, all of them together, and what they are summed from. */
const BLOCK_MAPS = 3;

/**
 * A network that sees a patch and marks the block of pixels in its middle, in place of one that sees whole images: what it takes for an image is
 * what it takes for a patch around each of the pixels.
 *
 * @param patch a network for images of the patch's size alone, which are its multiple.
 */
export function patchNetwork(
  patch: Network<SegmentationArch>,
  layout: PatchLayout,
): SegmentationNetwork {
  const size = { height: layout.side, width: layout.side };
  return {
    ...patch,
    patches: layout,
    summary: ({ height, width }) =>
      patch.summary(size).map((line) => ({ ...line, multiplyAdds: height * width * line.multiplyAdds })),
    footprint({ height, width }) {
      const { peak, largest } = patch.footprint(size);
      const pixels = height * width, blocks = layout.block ** 2 * pixels;
      return {
        peak: Math.min(BAND_PATCHES, pixels) * peak + BLOCK_MAPS * blocks,
        largest: Math.max(largest, blocks),
      };
    },
  };
}

/** What the sides of images are brought to a multiple of before such a network is shown them: any side will do where it sees patches. */
export function imageMultiple({ multiple, patches }: SegmentationNetwork): number {
  return patches === undefined ? multiple : 1;
}

/** The part of a map of patches that is under the block in their middle. */
export function middle(map: tf.Tensor4D, { side, block }: PatchLayout): tf.Tensor4D {
  const first = (side - block) / 2;
  return map.slice([0, first, first, 0], [-1, block, block, -1]);
}

/**
 * The mean, for each pixel of an image, of what the blocks over it say, one block around each of the image's pixels. The image is mirrored
 * outside.
 *
 * @param x 1 × H × W × 3.
 * @param layout `rows`: of which pixels it is wanted. Default: of all.
 * @param ask what the network says of the patches around h × W pixels, 1 × (h + side − 1) × (W + side − 1) × 3: 1 × h × W × block².
 * @returns 1 × h × W × 1, of the wanted rows.
 */
export function meanOfBlocks(
  x: tf.Tensor4D,
  { side, block, rows: wanted }: PatchLayout & { readonly rows?: RowRange },
  ask: (around: tf.Tensor4D) => tf.Tensor4D,
): tf.Tensor4D {
  return tf.tidy(() => {
    const [, height, width] = x.shape;
    const padded = mirrored(x, (side - 1) / 2);
    const [first, end] = wanted ?? [0, height];
    // Blocks reach into the wanted rows from those around them.
    const reach = (block - 1) / 2;
    const top = Math.max(0, first - reach), bottom = Math.min(height, end + reach);
    const atOnce = Math.max(1, Math.floor(BAND_PIXELS / width));
    const bands: tf.Tensor4D[] = [];
    for (let y = top; y < bottom; y += atOnce) {
      const rows = Math.min(atOnce, bottom - y);
      bands.push(tf.tidy(() => ask(padded.slice([0, y, 0, 0], [1, rows + side - 1, -1, -1]))));
    }
    const said = tf.concat(bands, 1);
    if (block === 1) return said;
    return overlapped(said, block).div<tf.Tensor4D>(overlapped(tf.onesLike(said), block))
      .slice([0, first - top, 0, 0], [1, end - first, -1, -1]);
  });
}

/**
 * The first output of a network that sees patches for those around all of H × W pixels, which are computed together.
 *
 * @param x 1 × (H + side − 1) × (W + side − 1) × 3, RGB 0..255.
 * @returns logits, 1 × H × W × block².
 */
export function runAround(
  x: tf.Tensor4D,
  { input, forward }: Pick<SegmentationNetwork, "input" | "forward">,
  { side, ...run }: Pick<PatchLayout, "side"> & Omit<LayerRun, "training" | "momentum">,
): tf.Tensor4D {
  return tf.tidy(() => {
    const [{ pictures: [[logits]] }] = forward(patchMaps(prepareImages(x, input), side), patchMapsGraph(run));
    return logits;
  });
}

/**
 * What a network says of the patches around some pixels of an image, which is mirrored outside.
 *
 * @param x 1 × H × W × 3.
 * @param layout `at`: the pixels, counted row by row.
 * @param ask what the network says of patches, N × side × side × 3: N values.
 * @returns a value a pixel.
 */
export function askAround(
  x: tf.Tensor4D,
  { side, at }: Pick<PatchLayout, "side"> & { readonly at: Int32Array },
  ask: (patches: tf.Tensor4D) => tf.Tensor,
): tf.Tensor1D {
  const atOnce = PATCHES_AT_ONCE[tf.getBackend()];
  return tf.tidy(() => {
    const width = x.shape[2], across = width + side - 1;
    const pixels = mirrored(x, (side - 1) / 2).reshape<tf.Tensor2D>([-1, 3]);
    const parts: tf.Tensor1D[] = [];
    for (let first = 0; first < at.length; first += atOnce) {
      const some = at.subarray(first, first + atOnce);
      parts.push(tf.tidy(() => {
        const from = Int32Array.from({ length: some.length * side ** 2 }, (_, i) => {
          const pixel = some[Math.floor(i / side ** 2)], row = Math.floor(i / side) % side;
          return (Math.floor(pixel / width) + row) * across + pixel % width + i % side;
        });
        const patches = tf.gather(pixels, tf.tensor1d(from, "int32"));
        return ask(patches.reshape([some.length, side, side, 3])).reshape([some.length]);
      }));
    }
    return tf.concat(parts);
  });
}

/** An image with a margin of mirrored pixels on all sides, those at the edge not repeated, however small it is. */
function mirrored(x: tf.Tensor4D, margin: number): tf.Tensor4D {
  return [1, 2].reduce((x, axis) => {
    const length = x.shape[axis], period = Math.max(1, 2 * (length - 1));
    const from = Array.from({ length: length + 2 * margin }, (_, i) => {
      const at = Math.abs(i - margin) % period;
      return Math.min(at, period - at) % length;
    });
    return tf.gather(x, tf.tensor1d(from, "int32"), axis);
  }, x);
}

/**
 * The sum, for each pixel, of the values that the blocks over it have for it: value (r, c) of the block around (y, x) is of the pixel
 * (y + r − m, x + c − m) with m in the middle, so that this is a convolution that takes each from where its block lies.
 *
 * @param blocks 1 × H × W × block², row by row.
 */
function overlapped(blocks: tf.Tensor4D, side: number): tf.Tensor4D {
  const values = side ** 2;
  const kernel = new Float32Array(values * values);
  for (let tap = 0; tap < values; tap++) kernel[tap * values + values - 1 - tap] = 1;
  return tf.conv2d(blocks, tf.tensor4d(kernel, [side, side, values, 1]), 1, "same");
}
