import { decodeFile } from "../images/decode_file.ts";
import type { MaskForm } from "./mask_form.ts";

/** Which pixels of a photo are crack: drawn by people, or a label. */
export interface TruthMask {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** One value a pixel, row-major: 1 crack, 0 background, whatever the file holds for them. */
  readonly data: Uint8Array;
  /** How surely each pixel is crack, 0..255, where the file is a confidence map; `data` is then 1 from 128 on. */
  readonly confidence?: Uint8Array;
  /** How much is known of each pixel, 0..255, where it is not all: 0 for nothing. */
  readonly weight?: Uint8Array;
  /** How the file holds it. */
  readonly form: MaskForm;
  /** What was decided about this mask and no other of its set, a sentence; where something was. */
  readonly note?: string;
}

/** What is known of a photo's cracks: a mask; or whether it shows one, where photos are labelled as a whole. */
export type Truth = TruthMask | boolean;

/** Options of reading a {@linkcode Sample}. */
export interface ReadSampleOptions {
  /** Told, in a sentence each, what was chosen, guessed or not done as the photo was decoded; see {@linkcode decodeImage}. */
  readonly onNote?: (note: string) => void;
}

/** A photo with its truth, of whichever kind. Nothing of it is held: each call reads the files. */
export interface Sample<T = Truth> {
  /** Unique in its split: the photo's path below the split's folder, without extension. */
  readonly name: string;
  /** `train`, `val`, `test`, as the folders say; `all` where they distinguish none. */
  readonly split: string;
  /** The file of the photo. */
  readonly imagePath: string;
  /** The file of its mask. Without: the photo is labelled as a whole, by the folder that it lies in. */
  readonly truthPath?: string;
  /** The photo, upright, RGBA. */
  image(options?: ReadSampleOptions): Promise<ImageData>;
  /** What is known of its cracks. Of a {@linkcode Truth}: its mask; or whether it shows one, where photos are labelled as a whole. */
  truth(): Promise<T>;
  /**
   * Both.
   *
   * @throws {RangeError} When the mask has another size than the photo.
   */
  read(options?: ReadSampleOptions): Promise<{ readonly image: ImageData; readonly truth: T }>;
}

/** `train/11158`; the name alone where there are no splits. */
export function fullName({ split, name }: Pick<Sample, "split" | "name">): string {
  return split === "all" ? name : `${split}/${name}`;
}

/** So many of a list, uniformly spread over it, in its order; all where it has fewer. Neighbours in a dataset are alike. */
export function spread<T>(items: readonly T[], count: number = items.length): T[] {
  const taken = Math.min(count, items.length);
  return Array.from({ length: taken }, (_, i) => items[Math.floor(i * items.length / taken)]);
}

/**
 * Reads a photo and its mask.
 *
 * @throws {TypeError} if the photo is labelled as a whole.
 */
export async function readMasked(
  sample: Sample,
): Promise<{ readonly image: ImageData; readonly mask: TruthMask }> {
  const { image, truth: mask } = await sample.read();
  if (typeof mask === "boolean") {
    throw new TypeError(`Cannot use ${sample.imagePath}: it is labelled as a whole, and a mask is wanted.`);
  }
  return { image, mask };
}

/** A photo's file and its truth: a file, or whether it shows a crack. */
export interface Pair {
  readonly split: string;
  readonly name: string;
  readonly image: string;
  readonly truth: string | boolean;
}

/** Makes a mask of the bytes of its file. */
export type TruthReader = (bytes: Uint8Array) => TruthMask | Promise<TruthMask>;

/** A sample whose photo and truth are files. */
export class FileSample implements Sample {
  readonly name: string;
  readonly split: string;
  readonly imagePath: string;
  readonly truthPath?: string;
  readonly #truth: string | boolean;
  readonly #readTruth: TruthReader;

  constructor({ name, split, image, truth }: Pair, readTruth: TruthReader) {
    this.name = name;
    this.split = split;
    this.imagePath = image;
    if (typeof truth === "string") this.truthPath = truth;
    this.#truth = truth;
    this.#readTruth = readTruth;
  }

  image(options?: ReadSampleOptions): Promise<ImageData> {
    return readPhoto(this.imagePath, options);
  }

  async truth(): Promise<Truth> {
    const truth = this.#truth;
    if (typeof truth === "boolean") return truth;
    return await located(truth, async () => this.#readTruth(await Deno.readFile(truth)));
  }

  async read(options?: ReadSampleOptions): Promise<{ image: ImageData; truth: Truth }> {
    const image = await this.image(options);
    const truth = await this.truth();
    if (typeof truth !== "boolean") requireSameSize(image, truth, this.imagePath);
    return { image, truth };
  }
}

/**
 * Refuses a mask that cannot be of the photo.
 *
 * @throws {RangeError} When it has another size.
 */
export function requireSameSize(
  image: Pick<ImageData, "width" | "height">,
  mask: Pick<TruthMask, "width" | "height">,
  imagePath: string,
): void {
  if (mask.width === image.width && mask.height === image.height) return;
  const turned = mask.width === image.height && mask.height === image.width
    ? "; was it drawn before the photo's EXIF orientation turned it?"
    : ".";
  throw new RangeError(
    `Cannot use ${imagePath}: it is ${image.width} × ${image.height}, but its mask is ${mask.width} × ${mask.height}${turned}`,
  );
}

/** The photo in a file, upright, RGBA; errors name the file. */
export function readPhoto(path: string, options?: ReadSampleOptions): Promise<ImageData> {
  return located(path, async () => decodeFile(await Deno.readFile(path), options));
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
