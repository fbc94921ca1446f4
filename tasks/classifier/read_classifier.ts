import { loadClassifier } from "../../models/classifier/checkpoint.ts";
import type { NetworkClassifier } from "../../models/classifier/classifier.ts";
import { asUrl, fetchFile, type FetchOptions } from "../files/fetch_file.ts";
import { namingFile } from "../files/naming_file.ts";

/**
 * The classifier in a file or at a URL; without one, the classifier that ships with Hairline.
 *
 * @param options how it is fetched, if it is.
 * @throws what {@linkcode loadClassifier} throws; where the file is not what it should be, the message names it.
 */
export async function readClassifier(
  path?: string,
  { script = "tasks/label.ts", cache }: Partial<FetchOptions> = {},
): Promise<NetworkClassifier> {
  if (path === undefined) return await loadClassifier();
  const url = asUrl(path);
  if (url !== undefined && /^https?:$/.test(url.protocol)) {
    const bytes = await fetchFile(url, { script, cache });
    return await namingFile(path, () => loadClassifier(bytes));
  }
  return await namingFile(path, () => loadClassifier(path));
}
