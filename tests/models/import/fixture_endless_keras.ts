/**
 * Opens a file with one byte changed, which HDF5's library reads without end, and says how that went. A process of its own, since the
 * busy thread ends with it only.
 *
 * @module
 */
import { openKerasWeights } from "../../../models/import/open_keras_weights.ts";

const bytes = await Deno.readFile(new URL("../../fixtures/weights/keras_oldest.h5", import.meta.url));
bytes[2184] = 70;
try {
  await openKerasWeights(bytes, { limit: 2000 });
  console.log("It was read.");
} catch (error) {
  console.log(String(error));
}
Deno.exit();
