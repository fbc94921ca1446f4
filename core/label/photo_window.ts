import type { RowRange } from "../gpu/bands.ts";
import type { Compute, Plane } from "../gpu/compute.ts";
import { uploadImage } from "../images/upload_image.ts";

/** Options of {@linkcode PhotoWindow}. */
export interface PhotoWindowOptions {
  /** Rows on the device at a time. */
  rows: number;
  /** The window's first row is a multiple of this. */
  alignment: number;
}

/** The rows of a decoded photo that are on the device: all of a small photo, a window that moves over a large one. */
export class PhotoWindow implements Disposable {
  /** The device. */
  readonly compute: Compute;
  /** Pixels in a row of the photo. */
  readonly width: number;
  /** Rows of the photo. */
  readonly height: number;
  /** Rows on the device at a time, unless more are asked for. */
  readonly rows: number;
  readonly #image: ImageData;
  readonly #alignment: number;
  #plane: Plane | undefined;
  #top = 0;

  constructor(compute: Compute, image: ImageData, { rows, alignment }: PhotoWindowOptions) {
    this.compute = compute;
    this.width = image.width;
    this.height = image.height;
    this.rows = rows;
    this.#image = image;
    this.#alignment = alignment;
  }

  /** The photo's row that is the first of the plane that {@linkcode PhotoWindow.show} gave last. */
  get top(): number {
    return this.#top;
  }

  /**
   * A plane that holds the rows `[first, end)` of the photo, and perhaps others: row `y` of the photo is its row
   * `y − top`. It stays the window's own, and lasts until other rows are asked for.
   */
  show([first, end]: RowRange): Plane {
    const plane = this.#plane;
    const held = plane && this.#top <= first && end <= this.#top + plane.height;
    // A plane of more rows than usual is not kept for fewer: it would hold its memory until the end.
    if (held && plane.height <= Math.max(this.rows, end - first)) return plane;
    plane?.dispose();
    const top = Math.floor(first / this.#alignment) * this.#alignment;
    const bottom = Math.min(this.height, Math.max(end, top + this.rows));
    this.#plane = uploadImage(this.compute, this.#image, { rows: [top, bottom] });
    this.#top = top;
    return this.#plane;
  }

  /** Takes the photo off the device. */
  [Symbol.dispose](): void {
    this.#plane?.dispose();
    this.#plane = undefined;
  }
}

/** A map of a photo, kept at the resolution at which it was found and brought to the photo's size where it is wanted. */
export interface PhotoMap extends Disposable {
  /** The rows `[first, end)` of the map at the photo's size, (end − first) × W × 1, for the caller to dispose of. */
  rows(range: RowRange): Plane;
}
