/**
 * A fresh folder under `tests/.tmp`, the one place that tests may write to; removed when the test ends.
 *
 * ```ts ignore
 * await using folder = await temporaryFolder();
 * await Deno.writeTextFile(`${folder.path}/a.txt`, "a");
 * ```
 */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const parent = new URL("./.tmp/", import.meta.url).pathname;
  await Deno.mkdir(parent, { recursive: true });
  const path = await Deno.makeTempDir({ dir: parent });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
