import { type Canvas, requireWholeCanvas } from "./canvas.ts";
import type { Random } from "./chance.ts";
import { paintCracks } from "./cracks.ts";
import { paintJoints } from "./joints.ts";
import { paintBoardMarks, paintRepair, paintSeam } from "./construction.ts";
import { paintLeaves } from "./litter.ts";
import { paintScratches, paintWires } from "./lines.ts";
import { paintLaneMarking, paintLettering, paintTyreMarks } from "./markings.ts";
import { paintSpots, paintStains, paintVeins } from "./weathering.ts";
import { paintLineShadow, paintShadow } from "./shadows.ts";

const PAINTERS = {
  cracks: paintCracks,
  joints: paintJoints,
  "cracked-joints": (canvas, random) => {
    paintJoints(canvas, random);
    paintCracks(canvas, random);
  },
  seam: paintSeam,
  repair: paintRepair,
  shadow: paintShadow,
  "line-shadow": paintLineShadow,
  "board-marks": paintBoardMarks,
  wires: paintWires,
  scratches: paintScratches,
  stains: paintStains,
  veins: paintVeins,
  spots: paintSpots,
  leaves: paintLeaves,
  "lane-marking": paintLaneMarking,
  lettering: paintLettering,
  "tyre-marks": paintTyreMarks,
} as const satisfies Record<string, (canvas: Canvas, random: Random) => void>;

/** What can be painted on a crop. */
export type Motif = keyof typeof PAINTERS;

/** All motifs. */
export const MOTIFS = Object.keys(PAINTERS) as readonly Motif[];

/** The motifs that hold cracks; the others alter pixels only. */
export const CRACK_MOTIFS: readonly Motif[] = ["cracks", "cracked-joints"];

/**
 * Paints a motif: cracks, which are noted in `canvas.crack`, or what networks take for cracks.
 *
 * @param random equal streams give equal pixels.
 * @throws {RangeError} if pixels or crack are not as many as the sides of the canvas say.
 */
export function paintMotif(canvas: Canvas, motif: Motif, random: Random): void {
  requireWholeCanvas(canvas);
  PAINTERS[motif](canvas, random);
}
