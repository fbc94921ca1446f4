import type { Point } from "./skeleton_graph.ts";

/** How wide something is along its centre line. All are NaN where there is no place to measure, as in a piece that is all junction. */
export interface WidthFigures {
  /** The mean over the line. */
  readonly mean: number;
  /** Half of the line is no wider. */
  readonly median: number;
  /** 95 % of the line is no wider. */
  readonly p95: number;
  /** The greatest width. */
  readonly max: number;
  /** Where the greatest width is, in pixels of the photo. */
  readonly maxAt: Point | undefined;
}

/** A place on a centre line and how wide the crack is there. */
export interface MeasuredPoint extends Point {
  /** The width in pixels that counts: from the photo where there is one, else from the mask. NaN at junctions and where it cannot be told. */
  readonly width: number;
}

/** What branches and cracks have in common. All in pixels and degrees. */
export interface Measured {
  /** Along the centre line. */
  readonly length: number;
  /** From the photo where it was given and shows the crack, else from the mask. */
  readonly width: WidthFigures;
  /** Where the width comes from. */
  readonly widthFrom: "photo" | "mask";
  /**
   * True where the crack may be thinner than its width says: where that is from a photo that shows no floor of any crack, so that cracks seem
   * as wide as its blur, or from a mask in which the crack is narrower than 2.5 pixels.
   */
  readonly widthIsUpperBound: boolean;
  /** From the mask, whatever the photo shows. */
  readonly maskWidth: WidthFigures;
  /** The mean direction, 0..180: 0 from left to right, 45 rising to the right, 90 upright. */
  readonly orientation: number;
  /** Length over the straight distance of the ends, 1 of a straight line; of a crack over those of all its branches. ∞ of a circle. */
  readonly tortuosity: number;
  /** The same in millimetres, where the scale is known. */
  readonly mm?: {
    readonly length: number;
    readonly width: Omit<WidthFigures, "maxAt">;
  };
}

/** A line of a crack between ends and junctions. */
export interface CrackBranch extends Measured {
  /** What it begins and ends at. */
  readonly from: "end" | "junction" | "loop";
  /** And what it ends at. */
  readonly to: "end" | "junction" | "loop";
  /** Its centre line, about a pixel from point to point. */
  readonly points: readonly MeasuredPoint[];
}

/** A piece of crack that hangs together. */
export interface MeasuredCrack extends Measured {
  /** Its pixels in the mask. */
  readonly area: number;
  /** The same in mm², where the scale is known. */
  readonly areaMm2?: number;
  /** The smallest box around it, in whole pixels: the first column and row, and how many there are. */
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** From the longest to the shortest. */
  readonly branches: readonly CrackBranch[];
  /** Where branches meet. */
  readonly junctions: readonly Point[];
}

/** A square of a photo and which way the cracks in it go. */
export interface OrientationCell {
  /** Its first column in the photo, in pixels. */
  readonly x: number;
  /** Its first row. */
  readonly y: number;
  /** The length of the cracks in it, in pixels. */
  readonly length: number;
  /** Their mean direction, weighted by length, 0..180 as in {@linkcode Measured.orientation}. */
  readonly orientation: number;
  /** How much they agree: 1 where all go one way, 0 where no way is preferred. */
  readonly agreement: number;
}

/** Which way the cracks of a photo go, place by place. */
export interface OrientationMap {
  /** The side of its squares in pixels; those at the right and at the bottom reach beyond the photo. */
  readonly side: number;
  /** Squares with crack, row by row. */
  readonly cells: readonly OrientationCell[];
}

/** Every crack of a photo, measured. */
export interface CrackMeasurement {
  /** Pixels in a row of the mask. */
  readonly width: number;
  /** Its rows. */
  readonly height: number;
  /** Millimetres a pixel, where the scale is known. */
  readonly mmPerPixel?: number;
  /** From the longest to the shortest. */
  readonly cracks: readonly MeasuredCrack[];
  /** The length of all cracks in pixels. */
  readonly length: number;
  /** The pixels of all cracks. */
  readonly area: number;
  /** Crack pixels over all pixels, 0..1. */
  readonly share: number;
  /** Length over the area of the photo, in 1/pixel. */
  readonly density: number;
  /** The same in m/m², where the scale is known. */
  readonly densityPerMetre?: number;
  /** Lengths in pixels by direction: 18 parts of 10°, the first from 0° to 10°; see {@linkcode Measured.orientation}. */
  readonly orientations: readonly number[];
  /** The same place by place. */
  readonly orientationMap: OrientationMap;
}
