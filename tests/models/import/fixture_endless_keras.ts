/**
 * Opens a file with one byte changed, which HDF5's library reads without end, then the whole file, and says how that went. A process of its own, since the
 * busy thread ends with it only.
 *
 * @module
 */
import { KerasThread, openKerasWeights } from "../../../models/import/open_keras_weights.ts";

const bytes = await Deno.readFile(new URL("../../fixtures/weights/keras_oldest.h5", import.meta.url));
const good = bytes[2184];
bytes[2184] = 70;
using keras = new KerasThread({ limit: 2000 });
try {
  await openKerasWeights(bytes, { keras });
  console.log("It was read.");
} catch (error) {
  console.log(String(error));
}
// Another thread reads the next.
bytes[2184] = good;
const { tensors } = await openKerasWeights(bytes, { keras });
console.log(`${tensors.size} weights.`);
Deno.exit();
