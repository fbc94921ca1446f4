/**
 * The quantile of the absolute differences of two images, sorted one by one: the upper edge of the quarter of a grey level that it lies in, 0
 * for the lowest.
 */
export function detailQuantileOracle(
  fine: ArrayLike<number>,
  coarse: ArrayLike<number>,
  share: number,
): number {
  const differences = Array.from(fine, (value, i) => Math.abs(value - coarse[i])).sort((a, b) => a - b);
  const wanted = share * differences.length;
  const quarter = Math.floor(4 * differences[Math.ceil(wanted) - 1]);
  return quarter === 0 ? 0 : Math.min(1024, quarter + 1) / 4;
}
