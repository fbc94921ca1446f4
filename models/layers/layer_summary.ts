import { countParameters } from "./parameters.ts";
import { type Layer, layerSpecs } from "./layer.ts";
import type { LayerSummary, PictureSize } from "../segmenter/segmentation_network.ts";

/** Height and width of what a layer makes of a picture. */
export function layerOutputSize(
  { kind, side, stride, padding, enlarge = 1 }: Layer,
  { height, width }: PictureSize,
): PictureSize {
  const along = (pixels: number): number => {
    if (kind === "transposed") return stride * pixels;
    if (enlarge > 1) return enlarge * pixels;
    if (padding === "same") return Math.ceil(pixels / stride);
    return Math.floor((pixels + 2 * padding - side) / stride) + 1;
  };
  return { height: along(height), width: along(width) };
}

/**
 * The line of a layer in the summary of a network. Only the products of its kernel count, one for each tap of each output, also where an
 * enlarging layer gets by with fewer.
 */
export function layerSummary(layer: Layer, size: PictureSize): LayerSummary {
  const { name, kind, side, inputs, outputs, enlarge = 1 } = layer;
  const { height, width } = layerOutputSize(layer, size);
  // A transposed convolution has each of its taps once for each pixel of the input.
  const { height: rows, width: columns } = kind === "transposed" ? size : { height, width };
  return {
    name,
    kind: `${enlarge > 1 ? `bilinear × ${enlarge}, ` : ""}${
      kind === "convolution" ? kind : `${kind} convolution`
    } ${side} × ${side}`,
    output: [height, width, outputs],
    parameters: countParameters(new Map(layerSpecs(layer))),
    multiplyAdds: rows * columns * side ** 2 * outputs * (kind === "depthwise" ? 1 : inputs),
  };
}
