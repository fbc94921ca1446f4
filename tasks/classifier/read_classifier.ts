import { loadClassifier } from "../../models/classifier/checkpoint.ts";
import type { NetworkClassifier } from "../../models/classifier/classifier.ts";
import { namingFile } from "../files/naming_file.ts";

/**
 * The classifier in a file; without one, the classifier that ships with Hairline.
 *
 * @throws what {@linkcode loadClassifier} throws; where the file is not what it should be, the message names it.
 */
export async function readClassifier(path?: string): Promise<NetworkClassifier> {
  if (path === undefined) return await loadClassifier();
  return await namingFile(path, () => loadClassifier(path));
}
