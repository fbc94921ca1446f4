/// <reference lib="dom" />
import type { Shown } from "./beside.ts";
import type { Pixels, Point } from "./box.ts";
import type { EditedMask } from "./edited_mask.ts";
import type { OpenedPhoto } from "./photo.ts";

/** Colours of masks: all can be told from grey ground, and from each other by those who see few colours. */
export const COLOURS = {
  magenta: [255, 31, 107],
  yellow: [255, 214, 10],
  cyan: [0, 200, 255],
} as const;

/** How a mask is drawn. */
export interface MaskStyle {
  readonly colour: keyof typeof COLOURS;
  readonly outline: boolean;
  /** What is drawn of it and the mask of the run beside, if there is one. */
  readonly shown: Shown;
}

/** The colours of a difference. */
export const DIFFERENCE = {
  "this run only": "magenta",
  "the run beside only": "cyan",
  both: "yellow",
} as const;

/** RGBA words by what a pixel is: no crack, crack in the mask, in the one beside, in both. */
export function maskPalette(colour: keyof typeof COLOURS, shown: Shown): Uint32Array {
  const word = (name: keyof typeof COLOURS) =>
    new Uint32Array(Uint8Array.of(...COLOURS[name], 255).buffer)[0];
  switch (shown) {
    case "this":
      return Uint32Array.of(0, word(colour), 0, word(colour));
    case "other":
      return Uint32Array.of(0, 0, word(colour), word(colour));
    case "difference":
      return Uint32Array.of(0, ...Object.values(DIFFERENCE).map(word));
  }
}

/** What is told of the pointer, in pixels of the photo. */
export interface PointerHandlers {
  down(at: Point): void;
  move(at: Point, pressed: boolean): void;
  up(at: Point): void;
}

/** The largest side of a photo's pixel on the screen, and how much a turn of the wheel changes it. */
const MOST_ZOOM = 64, WHEEL = 0.0015;

/** How far a finger moves, in pixels of the screen, until it draws: before, another may join it to zoom. */
const STILL = 6;

/** Draws a photo with its mask into a frame, and lets it be zoomed and moved. */
export class Viewer {
  readonly #frame: HTMLElement;
  readonly #stage: HTMLElement;
  readonly #photo: HTMLCanvasElement;
  readonly #mask: HTMLCanvasElement;
  readonly #handlers: PointerHandlers;
  readonly #observer: ResizeObserver;
  readonly #pointers = new Map<number, Point>();
  #edits: EditedMask | undefined;
  #beside: Uint8Array | undefined;
  #style: MaskStyle = { colour: "magenta", outline: false, shown: "this" };
  #palette: Uint32Array = maskPalette("magenta", "this");
  #scale = 1;
  #left = 0;
  #top = 0;
  #fits = true;
  /** Whether a press moves the photo: the hand, or a key that is held. */
  moves = false;
  /** `touch`: a finger that may be the first of two. */
  #pressed: "tool" | "move" | "touch" | undefined;
  #touched: Point = { x: 0, y: 0 };
  /** Called when the photo was zoomed or moved. */
  onView: () => void = () => {};

  constructor(frame: HTMLElement, handlers: PointerHandlers) {
    this.#frame = frame;
    this.#handlers = handlers;
    this.#stage = document.createElement("div");
    this.#stage.className = "stage";
    this.#photo = document.createElement("canvas");
    this.#mask = document.createElement("canvas");
    this.#mask.className = "mask";
    this.#stage.append(this.#photo, this.#mask);
    frame.prepend(this.#stage);
    frame.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    frame.addEventListener("pointerdown", (event) => this.#down(event));
    frame.addEventListener("pointermove", (event) => this.#move(event));
    for (const kind of ["pointerup", "pointercancel"] as const) {
      frame.addEventListener(kind, (event) => this.#up(event));
    }
    this.#observer = new ResizeObserver(() => this.#fits ? this.fit() : this.#place());
    this.#observer.observe(frame);
  }

  /** To be called when the frame is given up. */
  close(): void {
    this.#observer.disconnect();
  }

  /** Pixels of the screen for one of the photo. */
  get scale(): number {
    return this.#scale;
  }

  /** Shows another photo, whole. */
  show({ pixels, edits, beside }: OpenedPhoto): void {
    const { width, height, data } = pixels;
    this.#edits = edits;
    this.#beside = beside;
    for (const canvas of [this.#photo, this.#mask]) Object.assign(canvas, { width, height });
    this.#photo.getContext("2d")!.putImageData(new ImageData(data, width, height), 0, 0);
    this.drawMask(this.#style);
    this.fit();
  }

  /** Shows a picture below the mask, as large as the photo; without one, the photo. */
  showBelow(pixels: Pixels, picture: ImageBitmap | undefined): void {
    const context = this.#photo.getContext("2d")!;
    const { width, height, data } = pixels;
    if (picture === undefined) context.putImageData(new ImageData(data, width, height), 0, 0);
    else context.drawImage(picture, 0, 0, width, height);
  }

  /** Draws the mask anew, all of it. */
  drawMask(style: MaskStyle): void {
    this.#style = style;
    this.#palette = maskPalette(style.colour, this.#beside === undefined ? "this" : style.shown);
    if (this.#edits === undefined) return;
    const { width, height, mask } = this.#edits;
    const image = new ImageData(width, height);
    const words = new Uint32Array(image.data.buffer);
    for (let i = 0; i < mask.length; i++) words[i] = this.#colourOf(i);
    if (style.outline) {
      const inner = new Uint8Array(words.length).map((_, i) => Number(isInner(words, i, width)));
      inner.forEach((value, i) => value === 1 && (words[i] = 0));
    }
    this.#mask.getContext("2d")!.putImageData(image, 0, 0);
  }

  /** Draws some pixels of the mask anew. */
  drawPixels(pixels: Iterable<number>): void {
    const { width } = this.#edits!;
    const context = this.#mask.getContext("2d")!;
    for (const pixel of pixels) {
      const x = pixel % width, y = Math.floor(pixel / width);
      const colour = this.#colourOf(pixel);
      if (colour === 0) context.clearRect(x, y, 1, 1);
      else {
        const [red, green, blue] = new Uint8Array(Uint32Array.of(colour).buffer);
        context.fillStyle = `rgb(${red} ${green} ${blue})`;
        context.fillRect(x, y, 1, 1);
      }
    }
  }

  /** The colour of a pixel of the mask as an RGBA word, 0 where nothing is drawn. */
  #colourOf(pixel: number): number {
    return this.#palette[this.#edits!.mask[pixel] + 2 * (this.#beside?.[pixel] ?? 0)];
  }

  /** The whole photo in the frame. */
  fit(): void {
    const { clientWidth, clientHeight } = this.#frame;
    const { width, height } = this.#photo;
    this.#scale = Math.min(MOST_ZOOM, clientWidth / width, clientHeight / height) || 1;
    this.#left = (clientWidth - width * this.#scale) / 2;
    this.#top = (clientHeight - height * this.#scale) / 2;
    this.#place();
    this.#fits = true;
  }

  /** Zooms by a factor around a place of the frame, or its middle. */
  zoom(factor: number, at?: Point): void {
    const { x, y } = at ?? { x: this.#frame.clientWidth / 2, y: this.#frame.clientHeight / 2 };
    const scale = Math.min(MOST_ZOOM, Math.max(0.02, this.#scale * factor));
    this.#left = x - (x - this.#left) * scale / this.#scale;
    this.#top = y - (y - this.#top) * scale / this.#scale;
    this.#scale = scale;
    this.#place();
  }

  /** A place of the photo as one of the frame. */
  toFrame({ x, y }: Point): Point {
    return { x: (x + 0.5) * this.#scale + this.#left, y: (y + 0.5) * this.#scale + this.#top };
  }

  /** Where in the frame an event was. */
  #inFrame({ clientX, clientY }: MouseEvent): Point {
    const { left, top } = this.#frame.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  #inPhoto({ x, y }: Point): Point {
    return { x: (x - this.#left) / this.#scale - 0.5, y: (y - this.#top) / this.#scale - 0.5 };
  }

  #place(): void {
    this.#fits = false;
    this.#stage.style.transform = `translate(${this.#left}px, ${this.#top}px) scale(${this.#scale})`;
    this.#stage.classList.toggle("pixels", this.#scale >= 3);
    this.onView();
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    this.zoom(Math.exp(-WHEEL * event.deltaY), this.#inFrame(event));
  }

  #down(event: PointerEvent): void {
    if (event.button > 1) return;
    this.#frame.setPointerCapture(event.pointerId);
    const at = this.#inFrame(event);
    this.#pointers.set(event.pointerId, at);
    if (this.#pointers.size > 1 || this.moves || event.button === 1) {
      if (this.#pressed === "tool") this.#handlers.up(this.#inPhoto(at));
      this.#pressed = "move";
    } else if (event.pointerType === "touch") {
      this.#pressed = "touch";
      this.#touched = at;
    } else this.#begin(at);
  }

  /** Begins to use the tool. */
  #begin(at: Point): void {
    this.#pressed = "tool";
    this.#handlers.down(this.#inPhoto(at));
  }

  #move(event: PointerEvent): void {
    const at = this.#inFrame(event);
    const before = this.#pointers.get(event.pointerId);
    if (before !== undefined) this.#pointers.set(event.pointerId, at);
    if (this.#pressed === "move" && before !== undefined) {
      return this.#drag(event.pointerId, before, at);
    }
    if (this.#pressed === "touch") {
      if (Math.hypot(at.x - this.#touched.x, at.y - this.#touched.y) < STILL) return;
      this.#begin(this.#touched);
    }
    this.#handlers.move(this.#inPhoto(at), this.#pressed === "tool");
  }

  /** Moves the photo with a finger; with two, zooms by their distance. */
  #drag(id: number, before: Point, at: Point): void {
    const other = [...this.#pointers].find(([pointer]) => pointer !== id)?.[1];
    if (other !== undefined) {
      const distance = ({ x, y }: Point) => Math.max(1, Math.hypot(x - other.x, y - other.y));
      return this.zoom(distance(at) / distance(before), other);
    }
    this.#left += at.x - before.x;
    this.#top += at.y - before.y;
    this.#place();
  }

  #up(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    if (this.#pressed === "touch" && event.type === "pointerup") this.#begin(this.#touched);
    if (this.#pressed === "tool") this.#handlers.up(this.#inPhoto(this.#inFrame(event)));
    if (this.#pointers.size === 0) this.#pressed = undefined;
  }
}

/** Whether the four neighbours of a pixel are drawn. */
function isInner(words: Uint32Array, i: number, width: number): boolean {
  const x = i % width;
  return x > 0 && x < width - 1 && words[i - 1] > 0 && words[i + 1] > 0 && words[i - width] > 0 &&
    words[i + width] > 0;
}
