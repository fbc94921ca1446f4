/**
 * After a step of a training that failed, looks by trying how many of its examples the memory holds.
 *
 * @param error what the step failed for.
 * @param options `count`: its examples; `attempt`: takes the step with fewer.
 * @throws {RangeError} that names a batch that fits; the error itself where no smaller one does, and the reason is another.
 */
export async function nameFittingBatch(
  error: unknown,
  { count, attempt }: { readonly count: number; readonly attempt: (count: number) => Promise<void> },
): Promise<never> {
  if (!(error instanceof Error)) throw error;
  for (let fewer = Math.floor(count / 2); fewer >= 1; fewer = Math.floor(fewer / 2)) {
    try {
      await attempt(fewer);
    } catch {
      continue;
    }
    throw new RangeError(`Cannot train on a batch of ${count}, but on one of ${fewer}: ${error.message}`);
  }
  throw error;
}
