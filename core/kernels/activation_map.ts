import source from "../../shaders/activation_map.wgsl" with { type: "text" };
import { argumentsSchema, checkArguments, FLOATS } from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";

const kernel = defineKernel("activation_map", source);

const ARGUMENTS = argumentsSchema({ features: PLANE, weights: FLOATS });

/** Invocations that share a pixel. */
const LANES = 64;

/** The least float32, in place of −infinity, which WGSL does not promise to keep. */
const NO_FLOOR = -3.4028234663852886e38;

/**
 * A class activation map: relu(Σ_k w_k A_k), one value for each pixel of a network's last feature map A.
 *
 * With w_k = g_k, the gradient of the class's logit with respect to the spatial mean of channel k, this is Grad-CAM
 * (doi:10.1109/ICCV.2017.74); with w_k = max(g_k, 0) it is Grad-CAM++ (doi:10.1109/WACV.2018.00097) of a network with global average pooling
 * before its head, alphas normalised to sum 1 over a channel.
 *
 * @param features h × w × K.
 * @param weights K values.
 * @returns h × w × 1, ≥ 0; `normalise()` brings it to 0..1.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if there is not one weight a channel.
 */
export function activationMap(features: Plane, weights: Float32Array): Plane {
  checkArguments("make an activation map", ARGUMENTS, { features, weights });
  return sumChannels(features, weights, 0);
}

/**
 * The weighted sum of the channels of each pixel of a feature map A: Σ_k w_k A_k, of either sign.
 *
 * With w_k the weights of a linear head after global average pooling this is the class activation map of Zhou et al. 2016
 * (doi:10.1109/CVPR.2016.319): what each pixel adds to the class's logit.
 *
 * @param features h × w × K.
 * @param weights K values.
 * @returns h × w × 1.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if there is not one weight a channel.
 */
export function channelSum(features: Plane, weights: Float32Array): Plane {
  return sumChannels(features, weights, NO_FLOOR);
}

function sumChannels(features: Plane, weights: Float32Array, floor: number): Plane {
  const { compute, width, height, channels } = features;
  if (weights.length !== channels) {
    throw new RangeError(
      `Cannot make an activation map: there are ${weights.length} weights for ${channels} channels, one each is wanted.`,
    );
  }
  using table = compute.upload({ width: 1, height: 1, channels, data: weights });
  const output = compute.create({ width, height, channels: 1 });
  compute.run({
    kernel,
    inputs: [{ plane: features }, { plane: table, rows: "all" }],
    output,
    params: { channels, floor },
    invocations: (first, end) => [width * LANES, end - first, 1],
  });
  return output;
}
