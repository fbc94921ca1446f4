import type { RowRange } from "../../gpu/bands.ts";
import type { Compute, Plane } from "../../gpu/compute.ts";
import { uploadImage } from "../../images/upload_image.ts";
import { grayscale } from "../../kernels/grayscale.ts";
import { guidedFilter } from "../../kernels/guided_filter.ts";
import { geometricMean, mean, scale } from "../../kernels/pointwise.ts";
import type { PhotoMap } from "../photo_window.ts";
import type { HairlineSettings } from "./settings.ts";
import { MapRecorder, STAGES } from "./stages.ts";

/** Pixels that are joined at a time. */
const STRIP_PIXELS = 2 ** 22;

/** What stages 3 and 4 start from. */
interface Found {
  /** The confidence of stage 2 at each pixel, row-major. */
  readonly seen: Float32Array<ArrayBuffer>;
  /** That of stage 1. */
  readonly localisation: PhotoMap | undefined;
  readonly settings: HairlineSettings;
  readonly recorder?: MapRecorder;
  readonly stripPixels?: number;
}

/**
 * Stages 3 and 4, strip by strip.
 *
 * @param options `stripPixels`: pixels on the device at a time, about.
 */
export async function joinConfidences(
  compute: Compute,
  image: ImageData,
  { seen, localisation, settings, recorder = new MapRecorder(), stripPixels = STRIP_PIXELS }: Found,
): Promise<Float32Array<ArrayBuffer>> {
  const { width, height } = image;
  const { guidedRadius } = settings;
  if (guidedRadius === 0 && localisation === undefined) return seen;
  const joined = new Float32Array(seen.length);
  // A window's line depends on what lies within the radius, and a pixel on the windows within it.
  const halo = 2 * guidedRadius;
  const step = Math.max(1, Math.floor(stripPixels / width));
  for (let first = 0; first < height; first += step) {
    const end = Math.min(height, first + step);
    const rows = [Math.max(0, first - halo), Math.min(height, end + halo)] as const;
    const data = seen.subarray(rows[0] * width, rows[1] * width);
    using network = compute.upload({ width, height: rows[1] - rows[0], channels: 1, data });
    using refined = guidedRadius > 0 ? refine(network, { image, rows, settings }) : undefined;
    using located = localisation?.rows(rows);
    using fused = located && fuse(refined ?? network, located, settings);
    const inner = async (plane: Plane) => {
      const values = await plane.read();
      const data = values.subarray((first - rows[0]) * width, (end - rows[0]) * width);
      return { width, height, first, data };
    };
    if (recorder.wanted && located) recorder.add(STAGES.localisation, await inner(located));
    if (recorder.wanted && refined) recorder.add(STAGES.refined, await inner(refined));
    joined.set((await inner(fused ?? refined ?? network)).data, first * width);
  }
  return joined;
}

/** Stage 3: rows of the network's confidence, 0..1, aligned with the photo's. */
function refine(
  network: Plane,
  { image, rows, settings }: {
    readonly image: ImageData;
    readonly rows: RowRange;
    readonly settings: HairlineSettings;
  },
): Plane {
  using photo = uploadImage(network.compute, image, { rows });
  using grey = grayscale(photo);
  using guide = scale(grey, 1 / 255);
  using filtered = guidedFilter(guide, network, {
    radius: settings.guidedRadius,
    epsilon: settings.guidedEpsilon,
  });
  return scale(filtered, 1, { clamp: [0, 1] });
}

/** Stage 4. */
function fuse(network: Plane, located: Plane, { fusion }: HairlineSettings): Plane {
  return fusion === "mean" ? mean(network, located) : geometricMean(network, located);
}

/** Steps of 0..1 in which percentiles are counted. */
const STEPS = 2 ** 16 - 1;

/** Stage 5: min(c / (q + offset), 1), q being the photo's percentile. */
export function stretch(
  confidence: Float32Array<ArrayBuffer>,
  { stretchPercentile, stretchOffset }: Pick<HairlineSettings, "stretchPercentile" | "stretchOffset">,
): Float32Array<ArrayBuffer> {
  const counts = new Uint32Array(STEPS + 1);
  for (const value of confidence) counts[Math.round(value * STEPS)]++;
  const wanted = stretchPercentile / 100 * confidence.length;
  let below = 0;
  const percentile = counts.findIndex((count) => (below += count) >= wanted) / STEPS;
  const sure = percentile + stretchOffset;
  return sure > 0 ? confidence.map((value) => Math.min(1, value / sure)) : confidence;
}
