import type { Prediction } from "../../predict/predict_image.ts";
import { adjustedConfidence } from "./adjusted_confidence.ts";
import { continueCracks } from "./continued_cracks.ts";
import { judgePieces } from "./plausible_pieces.ts";
import { ruledShare } from "./ruled_lines.ts";
import type { HairlineSettings } from "./settings.ts";
import { unsureThreshold, widenUnsureCracks } from "./unsure_cracks.ts";

/** The share of marked lines, straight and at right angles, from which on they are joints and no cracks. */
const MOST_RULED = 0.7;

/** A label, and what has to be told of what is left out. */
interface PlausibleLabel {
  readonly label: Prediction;
  /** The pixels of each piece that was left out since it is straight. */
  readonly bands?: readonly Uint32Array[];
  readonly doubt?: string;
}

/**
 * Stages 6 to 9: what can be crack of all that exceeds the threshold, where it goes on below that, how wide it is, and confidences that say so.
 *
 * @param exceeding the mask of all that exceeds the threshold of the settings.
 * @param options `sure`: how sure networks are of each pixel, by which pieces are judged; `scale`: the first at which the photo was looked at; `photo`: that itself.
 */
export function plausibleLabel(
  exceeding: Prediction,
  { sure, scale, photo, settings }: {
    readonly sure: Float32Array;
    readonly scale: number;
    readonly photo: ImageData;
    readonly settings: HairlineSettings;
  },
): PlausibleLabel {
  const { pieces, shade, continuation, unsureShare, confidences, labelThreshold: threshold } = settings;
  const chosen: PlausibleLabel = pieces === "all"
    ? { label: exceeding }
    : plausiblePieces(exceeding, { sure, scale, ...(shade === "drop" && { photo }) });
  const { label, bands = [] } = chosen;
  const continued = continuation === 1
    ? label.mask
    : continueCracks({ ...label, scale, threshold, lower: continuation * threshold });
  const lower = unsureThreshold({ ...label, mask: continued, threshold, share: unsureShare });
  const mask = lower < threshold
    ? widenUnsureCracks({ ...label, mask: continued, lower, never: bands })
    : continued;
  const confidence = confidences === "raw"
    ? label.confidence
    : adjustedConfidence({ ...label, mask, threshold, lower });
  return { ...chosen, label: { ...withMask(label, mask), confidence } };
}

function plausiblePieces(
  exceeding: Prediction,
  { sure, scale, photo }: {
    readonly sure: Float32Array;
    readonly scale: number;
    readonly photo?: ImageData;
  },
): PlausibleLabel {
  const { plausible, bands } = judgePieces({ ...exceeding, confidence: sure, scale, photo });
  const label = withMask(exceeding, plausible);
  const alone = bands.length === 1;
  const straight = bands.length === 0 ? {} : {
    bands,
    doubt:
      `${alone ? "A piece that looks like crack is" : `${bands.length} pieces that look like crack are`} ` +
      "as straight and even as if drawn with a ruler, like joints, board marks or the shadows of poles: " +
      `${alone ? "it is" : "they are"} not called crack.`,
  };
  if (label.crackPixels === 0) return { label, ...straight };
  const ruled = ruledShare({ ...label, scale });
  if (ruled <= MOST_RULED) return { label, ...straight };
  const doubt =
    `Of what looks like crack ${
      Math.floor(100 * ruled)
    } % runs straight in one direction or at right angles to it, as joints do: ` +
    "none of it is called crack.";
  return { label: withMask(exceeding, new Uint8Array(plausible.length)), doubt };
}

/** The same with another mask. */
function withMask(prediction: Prediction, mask: Uint8Array<ArrayBuffer>): Prediction {
  const crackPixels = mask.reduce((sum, value) => sum + value, 0);
  return { ...prediction, mask, crackPixels };
}
