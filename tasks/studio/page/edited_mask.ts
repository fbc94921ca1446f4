/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

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

/** One thing that was done: pixels painted, or the threshold moved. */
interface Step {
  /** Indices of the pixels whose paint changed, and what it was before. */
  readonly pixels: Uint32Array;
  readonly before: Uint8Array;
  readonly after: Paint;
  readonly threshold: readonly [before: number | undefined, after: number | undefined];
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
  readonly #found: Found;
  readonly #before: Uint8Array;
  readonly #painted: Uint8Array;
  #threshold: number | undefined;
  #done: Step[] = [];
  #undone: Step[] = [];
  /** What a stroke that goes on has changed: pixels and their paint before. */
  #stroke: { readonly paint: Paint; readonly before: Map<number, number> } | undefined;
  #slide: { readonly before: number | undefined } | undefined;

  /**
   * @param options `mended`: the mask as it was mended before, 1 for crack: where it differs, it counts as painted. `before`: the mask that
   * {@linkcode changedPixels} compares with. Default for both: as found.
   */
  constructor(
    found: Found,
    { mended = found.mask, before = found.mask }: {
      readonly mended?: Uint8Array;
      readonly before?: Uint8Array;
    } = {},
  ) {
    this.#before = before;
    this.width = found.width;
    this.height = found.height;
    this.#found = found;
    this.#painted = Uint8Array.from(mended, (value, pixel) => {
      if (value === found.mask[pixel]) return Paint.none;
      return value === 1 ? Paint.crack : Paint.ground;
    });
    this.mask = Uint8Array.from(mended);
  }

  /** The share of certainty above which a pixel counts as found, 0..1; undefined: as the network's own task marked it. */
  get threshold(): number | undefined {
    return this.#threshold;
  }

  /** Pixels that are other than before. */
  get changedPixels(): number {
    let count = 0;
    for (let pixel = 0; pixel < this.mask.length; pixel++) {
      count += this.mask[pixel] ^ this.#before[pixel];
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
    if (this.#found.confidence === undefined) return;
    this.#slide ??= { before: this.#threshold };
    this.#threshold = threshold;
    this.#join();
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

  /** The mask after a step was taken back or done again: all of it only where the threshold moved. */
  #return({ pixels }: Step, threshold: number | undefined): void {
    if (threshold !== this.#threshold) {
      this.#threshold = threshold;
      this.#join();
    } else {
      for (const pixel of pixels) this.mask[pixel] = this.#joined(pixel);
    }
  }

  #join(): void {
    const { mask: found, confidence } = this.#found;
    const painted = this.#painted, mask = this.mask;
    // What exceeds the threshold, in the same bytes.
    const [values, least] = this.#threshold === undefined || confidence === undefined
      ? [found, 0]
      : [confidence, 255 * this.#threshold];
    for (let pixel = 0; pixel < mask.length; pixel++) {
      const paint = painted[pixel];
      mask[pixel] = paint === Paint.none ? Number(values[pixel] > least) : Number(paint === Paint.crack);
    }
  }

  #joined(pixel: number): number {
    const paint = this.#painted[pixel];
    if (paint !== Paint.none) return paint === Paint.crack ? 1 : 0;
    const { mask, confidence } = this.#found;
    if (this.#threshold === undefined || confidence === undefined) return mask[pixel];
    return confidence[pixel] > 255 * this.#threshold ? 1 : 0;
  }
}
