/* What the module exports. It imports only the memory of tfjs' WASM backend and keeps nothing in it between calls. */
export { copyRows } from "./copy";
export { depthwiseFilterGradient, depthwiseInputGradient } from "./depthwise";
export { multiplyRows, multiplyTransposed, packPanels, padPictures, pixelAddresses } from "./gemm";
export {
  gateGradients,
  momentumStep,
  normalizeGradients,
  normalizeRows,
  sumGradients,
  sumRows,
  sumSquares,
  swishGradients,
} from "./norm";
export { maxPoolGradients } from "./pool";
export { convolveTiles, correlateTiles, flipFilters, transformFilters } from "./winograd";
