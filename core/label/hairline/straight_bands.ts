/** Shorter pieces can be straight by chance, pixels at the first scale that was looked at. */
const LEAST_LENGTH = 96;

/** A piece that is not so many times as long as wide is no band. */
const LEAST_ELONGATION = 5;

/** How far pixels of a band lie off its middle, over what those of a perfect one do. Of cracks longer than 96 pixels it is 1.16 and more, mostly 1.4 to 2. */
const MOST_UNEVEN = 1.12;

/**
 * Whether a piece is as straight and even as if it were drawn along a ruler: shadows of poles, marks of boards, joints, wires. A crack wanders, and its
 * borders are ragged.
 *
 *     C = covariance of the places of the pixels, λ its lesser eigenvalue, a its greater one's eigenvector
 *     l = extent along a, w = pixels / l          a perfect band of width w has λ = w² / 12
 *     √(12 λ) / w < 1.12, l ≥ 96, l / w ≥ 5
 *
 * @param pixels places in a mask of this width, row-major.
 * @param scale the first scale at which the photo was looked at.
 */
export function isStraightBand(pixels: Uint32Array, { width, scale }: {
  readonly width: number;
  readonly scale: number;
}): boolean {
  const { length } = pixels;
  const origin = [pixels[0] % width, Math.floor(pixels[0] / width)];
  const place = (pixel: number): readonly [x: number, y: number] => [
    pixel % width - origin[0],
    Math.floor(pixel / width) - origin[1],
  ];
  let [x1, y1, xx, xy, yy] = [0, 0, 0, 0, 0];
  for (const pixel of pixels) {
    const [x, y] = place(pixel);
    x1 += x;
    y1 += y;
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  const [cxx, cxy, cyy] = [xx - x1 * x1 / length, xy - x1 * y1 / length, yy - y1 * y1 / length].map((sum) =>
    sum / length
  );
  const lesser = Math.max(0, (cxx + cyy) / 2 - Math.hypot((cxx - cyy) / 2, cxy));
  const angle = Math.atan2(2 * cxy, cxx - cyy) / 2;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  let [first, last] = [Infinity, -Infinity];
  for (const pixel of pixels) {
    const [x, y] = place(pixel);
    const along = x * cos + y * sin;
    first = Math.min(first, along);
    last = Math.max(last, along);
  }
  const extent = last - first + 1, across = length / extent;
  return extent * scale >= LEAST_LENGTH && extent >= LEAST_ELONGATION * across &&
    Math.sqrt(12 * lesser) < MOST_UNEVEN * across;
}
