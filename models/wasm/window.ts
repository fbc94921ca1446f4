import type { tf } from "../tfjs.ts";

/** The geometry of a convolution, as tfjs works it out. */
export type ConvolutionInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/** How the windows of a convolution or pooling lie over their input, in the order in which the WASM kernels take it. */
export type WindowGeometry = readonly [
  n: number,
  h: number,
  w: number,
  c: number,
  outH: number,
  outW: number,
  windowH: number,
  windowW: number,
  strideH: number,
  strideW: number,
  top: number,
  left: number,
];

/** The geometry that tfjs worked out. */
export function windowGeometry(info: ConvolutionInfo): WindowGeometry {
  return [
    info.batchSize,
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.outHeight,
    info.outWidth,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.padInfo.top,
    info.padInfo.left,
  ];
}
