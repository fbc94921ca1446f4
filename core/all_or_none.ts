/** As `Promise.all()`, but waits for all of them, and where one fails, what the others gave is disposed of. */
export async function allOrNone<T extends Disposable>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises);
  const failure = results.find((result) => result.status === "rejected");
  const values = results.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
  if (failure === undefined) return values;
  for (const value of values) value[Symbol.dispose]();
  throw failure.reason;
}
