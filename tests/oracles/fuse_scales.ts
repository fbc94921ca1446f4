/** Σ p and Σ p². */
export function confidenceSumsOracle(confidence: ArrayLike<number>): [sum: number, sumOfSquares: number] {
  let [sum, sumOfSquares] = [0, 0];
  for (let i = 0; i < confidence.length; i++) {
    sum += confidence[i];
    sumOfSquares += confidence[i] * confidence[i];
  }
  return [sum, sumOfSquares];
}

/** The mean of maps of one size, each weighted by a power of Σ p² / Σ p; all alike where all are 0. */
export function fuseScalesOracle(
  levels: readonly ArrayLike<number>[],
  selectivity: number,
): { fused: Float64Array; weights: number[] } {
  const powers = levels.map((level) => {
    const [sum, sumOfSquares] = confidenceSumsOracle(level);
    return (sum === 0 ? 0 : sumOfSquares / sum) ** selectivity;
  });
  const total = powers.reduce((a, b) => a + b);
  const weights = powers.map((power) => total === 0 ? 1 / levels.length : power / total);
  const fused = Float64Array.from(
    { length: levels[0].length },
    (_, i) => levels.reduce((sum, level, l) => sum + weights[l] * level[i], 0),
  );
  return { fused, weights };
}
