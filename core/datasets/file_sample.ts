import { decodeImage } from "../images/decode_image.ts";
import type { MaskRule } from "./mask_form.ts";
import type { Pair } from "./pair_files.ts";
import { readMask } from "./read_mask.ts";
import type { DatasetSample, TruthMask } from "./types.ts";

/** A sample whose photo and truth are files. */
export class FileSample implements DatasetSample {
  readonly name: string;
  readonly split: string;
  readonly imagePath: string;
  readonly truthPath?: string;
  readonly #truth: string | boolean;
  readonly #rule: MaskRule | "cfd";

  constructor({ name, split, image, truth }: Pair, rule: MaskRule | "cfd") {
    this.name = name;
    this.split = split;
    this.imagePath = image;
    if (typeof truth === "string") this.truthPath = truth;
    this.#truth = truth;
    this.#rule = rule;
  }

  image(): Promise<ImageData> {
    return located(this.imagePath, async () => decodeImage(await Deno.readFile(this.imagePath)));
  }

  async truth(): Promise<TruthMask | boolean> {
    const truth = this.#truth;
    if (typeof truth === "boolean") return truth;
    return await located(truth, async () => readMask(await Deno.readFile(truth), this.#rule));
  }

  async read(): Promise<{ image: ImageData; truth: TruthMask | boolean }> {
    const image = await this.image();
    const truth = await this.truth();
    if (typeof truth !== "boolean" && (truth.width !== image.width || truth.height !== image.height)) {
      throw new RangeError(
        `Cannot use ${this.imagePath}: it is ${image.width} × ${image.height}, but its mask is ` +
          `${truth.width} × ${truth.height}.`,
      );
    }
    return { image, truth };
  }
}

/** Puts the path into the sentence of an error about what a file holds; errors of the system have it already. */
async function located<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    for (const kind of [SyntaxError, TypeError, RangeError]) {
      if (error instanceof kind && /^Cannot .+\.$/s.test(error.message)) {
        throw new kind(`${path}: ${error.message}`, { cause: error });
      }
    }
    throw error;
  }
}
