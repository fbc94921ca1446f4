/** For every pixel, the mean score of the patches that contain it: `scores` of a grid laid over a `width` × `height` image. */
export function pixelScoresOracle(
  scores: ArrayLike<number>,
  { width, height, size, stride }: { width: number; height: number; size: number; stride: number },
): Float64Array {
  const corners: [number, number][] = [];
  for (let y = -(size - stride); y < height; y += stride) {
    for (let x = -(size - stride); x < width; x += stride) corners.push([x, y]);
  }
  if (corners.length !== scores.length) {
    throw new RangeError(`${corners.length} patches, ${scores.length} scores`);
  }
  return Float64Array.from({ length: width * height }, (_, pixel) => {
    const x = pixel % width, y = Math.floor(pixel / width);
    const over = corners.flatMap(([x0, y0], i) =>
      x0 <= x && x < x0 + size && y0 <= y && y < y0 + size ? [scores[i]] : []
    );
    return over.reduce((sum, score) => sum + score, 0) / over.length;
  });
}
