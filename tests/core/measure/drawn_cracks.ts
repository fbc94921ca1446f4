import { seeded } from "../testing.ts";

/** A straight crack of known size. Lengths in pixels, the angle in degrees as Hairline gives it: 0 level, 90 upright. */
export interface DrawnCrack {
  /** Its middle. */
  readonly x: number;
  readonly y: number;
  readonly angle: number;
  readonly length: number;
  readonly width: number;
}

/** Options of {@linkcode drawCracks}. */
export interface DrawOptions {
  readonly width: number;
  readonly height: number;
  /** Standard deviation of the blur of its edges, in pixels. */
  readonly blur?: number;
  /** Standard deviation of the noise, in grey levels. */
  readonly noise?: number;
  readonly seed?: number;
}

const GROUND = 170, FLOOR = 50;

/** The error function (Abramowitz and Stegun 7.1.26), to 1.5e-7. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series = t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - series * Math.exp(-(x ** 2)));
}

/** How much of a place a strip of some width covers, blurred. */
function coverage(away: number, width: number, blur: number): number {
  const scale = Math.SQRT2 * blur;
  return (erf((away + width / 2) / scale) - erf((away - width / 2) / scale)) / 2;
}

/**
 * Cracks with square ends: the photo is dark where they are, blurred by a Gaussian, under noise; the mask has the pixels whose centre is in a crack, or less
 * than three quarters of a pixel from its centre line, as labels of thin cracks do.
 */
export function drawCracks(
  cracks: readonly DrawnCrack[],
  { width, height, blur = 0.5, noise = 0, seed = 1 }: DrawOptions,
): { photo: ImageData; mask: { width: number; height: number; data: Uint8Array } } {
  const random = seeded(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const photo = new ImageData(width, height);
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    const x = i % width, y = Math.floor(i / width);
    let covered = 0;
    for (const crack of cracks) {
      const radians = crack.angle * Math.PI / 180;
      const [dx, dy] = [x - crack.x, y - crack.y];
      const along = dx * Math.cos(radians) - dy * Math.sin(radians);
      const across = dx * Math.sin(radians) + dy * Math.cos(radians);
      covered = Math.max(covered, coverage(across, crack.width, blur) * coverage(along, crack.length, blur));
      if (Math.abs(along) <= crack.length / 2 && Math.abs(across) <= Math.max(crack.width / 2, 0.75)) {
        data[i] = 1;
      }
    }
    const grey = GROUND - (GROUND - FLOOR) * covered + noise * normal();
    photo.data.set([grey, grey, grey, 255], 4 * i);
  }
  return { photo, mask: { width, height, data } };
}
