import type { Box, Size } from "./box.ts";

/** What a person says of pixels. */
export const Paint = { none: 0, crack: 1, ground: 2 } as const;
export type Paint = typeof Paint[keyof typeof Paint];

/** What the network found in a photo. */
export interface Found extends Size {
  /** 1 for crack, row-major. */
  readonly mask: Uint8Array<ArrayBuffer>;
  /** How sure it was, 0..255, row-major; undefined where nobody wrote it down. */
  readonly confidence: Uint8Array<ArrayBuffer> | undefined;
}

/** What is known of the pixels in a box, row-major. */
interface Layers {
  readonly mask: Uint8Array;
  readonly confidence: Uint8Array | undefined;
  readonly painted: Uint8Array;
}

/** One thing that was done: pixels painted, the threshold moved, or a look at a box. */
interface Step {
  /** Indices of the pixels whose paint changed, and what it was before. */
  readonly pixels: Uint32Array;
  readonly before: Uint8Array;
  readonly after: Paint;
  readonly threshold: readonly [before: number | undefined, after: number | undefined];
  /** What the look replaced; while the step is undone, what it found. */
  readonly look?: { readonly box: Box; readonly layers: Layers };
}

/**
 * A mask that is mended: what the network found, and over it what was painted by hand. All can be undone. Moving the threshold alters what was
 * found and leaves what was painted.
 */
export class EditedMask {
  readonly width: number;
  readonly height: number;
  /** 1 for crack, row-major, as it is now. */
  readonly mask: Uint8Array<ArrayBuffer>;
  /** The same before anything was done to it: as found. */
  readonly before: Uint8Array<ArrayBuffer>;
  /** How sure the network is, 0..255, row-major. */
  readonly confidence: Uint8Array<ArrayBuffer> | undefined;
  readonly #found: Uint8Array<ArrayBuffer>;
  readonly #painted: Uint8Array;
  #threshold: number | undefined;
  #done: Step[] = [];
  #undone: Step[] = [];
  /** What a stroke that goes on has changed: pixels and their paint before. */
  #stroke: { readonly paint: Paint; readonly before: Map<number, number> } | undefined;
  #slide: { readonly before: number | undefined } | undefined;

  /** @param mended the mask as it was mended before, 1 for crack: where it differs, it counts as painted. Default: as found. */
  constructor({ width, height, mask, confidence }: Found, mended: Uint8Array = mask) {
    this.width = width;
    this.height = height;
    this.before = mask;
    this.#found = mask.slice();
    this.confidence = confidence?.slice();
    this.#painted = new Uint8Array(mended).map((value, pixel) => {
      if (value === mask[pixel]) return Paint.none;
      return value === 1 ? Paint.crack : Paint.ground;
    });
    this.mask = new Uint8Array(mended);
  }

  /** The share of certainty above which a pixel counts as found, 0..1; undefined: as the network's own task marked it. */
  get threshold(): number | undefined {
    return this.#threshold;
  }

  /** Pixels that are other than before. */
  get changedPixels(): number {
    let count = 0;
    for (let pixel = 0; pixel < this.mask.length; pixel++) {
      count += this.mask[pixel] ^ this.before[pixel];
    }
    return count;
  }

  /** Pixels that are crack. */
  get crackPixels(): number {
    let count = 0;
    for (let pixel = 0; pixel < this.mask.length; pixel++) count += this.mask[pixel];
    return count;
  }

  /** How many steps can be undone and redone. */
  get steps(): { readonly done: number; readonly undone: number } {
    return { done: this.#done.length, undone: this.#undone.length };
  }

  /** Moves the threshold; all moves until {@linkcode finish} are one step. */
  slide(threshold: number | undefined): void {
    if (this.confidence === undefined) return;
    this.#slide ??= { before: this.#threshold };
    this.#threshold = threshold;
    this.#join();
  }

  /**
   * Takes another look at a box, or at the whole: what it found replaces what was found and painted there. Of the whole, the threshold goes as well.
   *
   * @param found `mask` and `confidence` of the box, which are this one's from now on.
   */
  look({ mask, confidence }: Pick<Found, "mask" | "confidence">, box?: Box): void {
    this.finish();
    const threshold = box === undefined ? undefined : this.#threshold;
    const { width, height } = this;
    const look = {
      box: box ?? { left: 0, top: 0, width, height },
      layers: { mask, confidence, painted: new Uint8Array(mask.length) },
    };
    const step: Step = {
      ...{ pixels: new Uint32Array(0), before: new Uint8Array(0), after: Paint.none, look },
      threshold: [this.#threshold, threshold],
    };
    this.#undone = [];
    this.#done.push(step);
    this.#return(step, threshold);
  }

  /** Paints pixels; all until {@linkcode finish} are one step. */
  paint(pixels: Iterable<number>, paint: Paint): void {
    if (this.#stroke?.paint !== paint) {
      this.finish();
      this.#stroke = { paint, before: new Map() };
    }
    for (const pixel of pixels) {
      const was = this.#painted[pixel];
      if (was === paint) continue;
      if (!this.#stroke!.before.has(pixel)) this.#stroke!.before.set(pixel, was);
      this.#painted[pixel] = paint;
      this.mask[pixel] = this.#joined(pixel);
    }
  }

  /** Ends the step that goes on, if one does. */
  finish(): void {
    const { before, paint } = this.#stroke ?? { before: new Map<number, number>(), paint: Paint.none };
    const slide = this.#slide;
    this.#stroke = undefined;
    this.#slide = undefined;
    const moved = slide !== undefined && slide.before !== this.#threshold;
    if (before.size === 0 && !moved) return;
    this.#undone = [];
    this.#done.push({
      pixels: Uint32Array.from(before.keys()),
      before: Uint8Array.from(before.values()),
      after: paint,
      threshold: slide === undefined ? [this.#threshold, this.#threshold] : [slide.before, this.#threshold],
    });
  }

  /** Takes the last step back. */
  undo(): boolean {
    this.finish();
    const step = this.#done.pop();
    if (step === undefined) return false;
    this.#undone.push(step);
    step.pixels.forEach((pixel, i) => this.#painted[pixel] = step.before[i]);
    this.#return(step, step.threshold[0]);
    return true;
  }

  /** Does the step again that was taken back last. */
  redo(): boolean {
    this.finish();
    const step = this.#undone.pop();
    if (step === undefined) return false;
    this.#done.push(step);
    for (const pixel of step.pixels) this.#painted[pixel] = step.after;
    this.#return(step, step.threshold[1]);
    return true;
  }

  /** The mask after a step was taken back or done again: all of it only where more than paint changed. */
  #return({ pixels, look }: Step, threshold: number | undefined): void {
    if (look !== undefined) {
      exchange(this.#found, look.layers.mask, this.width, look.box);
      exchange(this.#painted, look.layers.painted, this.width, look.box);
      exchange(this.confidence, look.layers.confidence, this.width, look.box);
    }
    if (look !== undefined || threshold !== this.#threshold) {
      this.#threshold = threshold;
      this.#join();
    } else {
      for (const pixel of pixels) this.mask[pixel] = this.#joined(pixel);
    }
  }

  #join(): void {
    for (let pixel = 0; pixel < this.mask.length; pixel++) this.mask[pixel] = this.#joined(pixel);
  }

  #joined(pixel: number): number {
    const paint = this.#painted[pixel];
    if (paint !== Paint.none) return paint === Paint.crack ? 1 : 0;
    if (this.#threshold === undefined || this.confidence === undefined) return this.#found[pixel];
    // What exceeds the threshold, in the same bytes.
    return this.confidence[pixel] > 255 * this.#threshold ? 1 : 0;
  }
}

/** Exchanges the values in a box of a picture with those that were kept of it. */
function exchange(
  picture: Uint8Array | undefined,
  kept: Uint8Array | undefined,
  columns: number,
  { left, top, width, height }: Box,
): void {
  if (picture === undefined || kept === undefined) return;
  for (let y = 0; y < height; y++) {
    const row = (top + y) * columns + left;
    const there = picture.slice(row, row + width);
    picture.set(kept.subarray(y * width, (y + 1) * width), row);
    kept.set(there, y * width);
  }
}
