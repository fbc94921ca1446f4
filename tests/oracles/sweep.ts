/** A prediction and its truth, `width · height` values each, row-major. */
export interface OraclePair {
  width: number;
  height: number;
  /** Float32 values. */
  prediction: ArrayLike<number>;
  /** 0 or positive. */
  truth: ArrayLike<number>;
}

/** Counts of pixels at one threshold. */
export interface OracleCounts {
  predicted: number;
  crack: number;
  background: number;
  overlap: number;
  correct: number;
  found: number;
}

/** Counts at the threshold `t / 100`, pixel by pixel; with a tolerance, pixel by pixel of each one's surroundings. */
export function sweepOracle(
  { width, height, prediction, truth }: OraclePair,
  t: number,
  tolerance = 0,
): OracleCounts {
  const threshold = Math.fround(t / 100);
  const called = (x: number, y: number): boolean => prediction[y * width + x] >= threshold;
  const isCrack = (x: number, y: number): boolean => truth[y * width + x] > 0;
  const near = (x: number, y: number, is: (x: number, y: number) => boolean): boolean => {
    for (let v = Math.max(0, y - tolerance); v <= Math.min(height - 1, y + tolerance); v++) {
      for (let u = Math.max(0, x - tolerance); u <= Math.min(width - 1, x + tolerance); u++) {
        if (Math.hypot(u - x, v - y) <= tolerance && is(u, v)) return true;
      }
    }
    return false;
  };
  const counts = { predicted: 0, crack: 0, background: 0, overlap: 0, correct: 0, found: 0 };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      counts[isCrack(x, y) ? "crack" : "background"]++;
      if (called(x, y)) {
        counts.predicted++;
        if (isCrack(x, y)) counts.overlap++;
        if (near(x, y, isCrack)) counts.correct++;
      }
      if (isCrack(x, y) && near(x, y, called)) counts.found++;
    }
  }
  return counts;
}

/** Metrics of several images, from the definitions. */
export function metricsOracle(pairs: readonly OraclePair[], tolerance = 0): Record<string, number> {
  const thresholds = Array.from({ length: 100 }, (_, t) => t);
  const counts = pairs.map((pair) => thresholds.map((t) => sweepOracle(pair, t, tolerance)));
  const pooled = thresholds.map((t) => {
    const total = { predicted: 0, crack: 0, background: 0, overlap: 0, correct: 0, found: 0 };
    for (const image of counts) {
      for (const key of Object.keys(total) as (keyof OracleCounts)[]) total[key] += image[t][key];
    }
    return total;
  });
  const f1 = (one: OracleCounts): number => {
    if (one.predicted === 0 && one.crack === 0) return 1;
    return harmonicMean(precisionOf(one), recallOf(one));
  };
  const mean = (values: number[]): number =>
    values.reduce((total, value) => total + value, 0) / values.length;
  const greatest = (values: number[]): number => Math.max(...values.slice(1));
  const averagePrecision = (precision: number[], recall: number[]): number =>
    thresholds.reduce((total, t) => total + (recall[t] - (t < 99 ? recall[t + 1] : 0)) * precision[t], 0);
  const meanPrecision = thresholds.map((t) => mean(counts.map((image) => precisionOf(image[t]))));
  const meanRecall = thresholds.map((t) => mean(counts.map((image) => recallOf(image[t]))));
  return {
    odsMacro: greatest(thresholds.map((t) => mean(counts.map((image) => f1(image[t]))))),
    odsMeanPr: greatest(thresholds.map((t) => harmonicMean(meanPrecision[t], meanRecall[t]))),
    odsMicro: greatest(pooled.map(f1)),
    ois: mean(counts.map((image) => greatest(image.map(f1)))),
    apMacro: averagePrecision(meanPrecision, meanRecall),
    apMicro: averagePrecision(pooled.map(precisionOf), pooled.map(recallOf)),
    meanIouMicro: greatest(pooled.map((one) => mean(classIous(one)))),
    meanIouMacro: greatest(thresholds.map((t) => mean(counts.map((image) => mean(classIous(image[t])))))),
  };
}

function precisionOf({ correct, predicted }: OracleCounts): number {
  return predicted > 0 ? correct / predicted : 0;
}

function recallOf({ found, crack }: OracleCounts): number {
  return crack > 0 ? found / crack : 0;
}

function harmonicMean(a: number, b: number): number {
  return a + b > 0 ? 2 * a * b / (a + b) : 0;
}

/** Of crack and of background: what both have over what either has. */
function classIous({ predicted, crack, background, overlap }: OracleCounts): number[] {
  const all = crack + background;
  const eitherCrack = predicted + crack - overlap;
  const bothBackground = all - eitherCrack;
  const eitherBackground = all - overlap;
  return [
    eitherCrack > 0 ? overlap / eitherCrack : 1,
    eitherBackground > 0 ? bothBackground / eitherBackground : 1,
  ];
}
