/// <reference lib="dom" />
import type { Pixels, Point } from "./box.ts";
import type { EditedMask } from "./edited_mask.ts";

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
}

/** What is told of the pointer, in pixels of the photo. */
export interface PointerHandlers {
  down(at: Point): void;
  move(at: Point, pressed: boolean): void;
  up(at: Point): void;
}

/** The largest side of a photo's pixel on the screen, and how much a turn of the wheel changes it. */
const MOST_ZOOM = 64, WHEEL = 0.0015;

/** Draws a photo with its mask into a frame, and lets it be zoomed and moved. */
export class Viewer {
  readonly #frame: HTMLElement;
  readonly #stage: HTMLElement;
  readonly #photo: HTMLCanvasElement;
  readonly #mask: HTMLCanvasElement;
  readonly #handlers: PointerHandlers;
  readonly #pointers = new Map<number, Point>();
  #edits: EditedMask | undefined;
  #style: MaskStyle = { colour: "magenta", outline: false };
  #scale = 1;
  #left = 0;
  #top = 0;
  #fits = true;
  /** Whether a press moves the photo: the hand, or a key that is held. */
  moves = false;
  #pressed: "tool" | "move" | undefined;
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
    new ResizeObserver(() => this.#fits ? this.fit() : this.#place()).observe(frame);
  }

  /** Pixels of the screen for one of the photo. */
  get scale(): number {
    return this.#scale;
  }

  /** Shows another photo, whole. */
  show(pixels: Pixels, edits: EditedMask): void {
    const { width, height, data } = pixels;
    this.#edits = edits;
    for (const canvas of [this.#photo, this.#mask]) Object.assign(canvas, { width, height });
    this.#photo.getContext("2d")!.putImageData(new ImageData(data, width, height), 0, 0);
    this.drawMask(this.#style);
    this.fit();
  }

  /** Draws the mask anew, all of it. */
  drawMask(style: MaskStyle): void {
    this.#style = style;
    const edits = this.#edits;
    if (edits === undefined) return;
    const { width, height, mask } = edits;
    const image = new ImageData(width, height);
    const words = new Uint32Array(image.data.buffer);
    const [red, green, blue] = COLOURS[style.colour];
    const colour = new Uint32Array(Uint8Array.of(red, green, blue, 255).buffer)[0];
    for (let i = 0; i < mask.length; i++) {
      if (mask[i] === 1 && !(style.outline && isInner(mask, i, width))) words[i] = colour;
    }
    this.#mask.getContext("2d")!.putImageData(image, 0, 0);
  }

  /** Draws some pixels of the mask anew. */
  drawPixels(pixels: Iterable<number>): void {
    const { width, mask } = this.#edits!;
    const context = this.#mask.getContext("2d")!;
    context.fillStyle = `rgb(${COLOURS[this.#style.colour].join(" ")})`;
    for (const pixel of pixels) {
      const x = pixel % width, y = Math.floor(pixel / width);
      if (mask[pixel] === 1) context.fillRect(x, y, 1, 1);
      else context.clearRect(x, y, 1, 1);
    }
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
    } else {
      this.#pressed = "tool";
      this.#handlers.down(this.#inPhoto(at));
    }
  }

  #move(event: PointerEvent): void {
    const at = this.#inFrame(event);
    const before = this.#pointers.get(event.pointerId);
    if (this.#pressed === "move" && before !== undefined) this.#drag(event.pointerId, before, at);
    else this.#handlers.move(this.#inPhoto(at), this.#pressed === "tool");
    if (before !== undefined) this.#pointers.set(event.pointerId, at);
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
    if (this.#pressed === "tool") this.#handlers.up(this.#inPhoto(this.#inFrame(event)));
    if (this.#pointers.size === 0) this.#pressed = undefined;
  }
}

/** Whether the four neighbours of a crack pixel are crack. */
function isInner(mask: Uint8Array, i: number, width: number): boolean {
  const x = i % width;
  return x > 0 && x < width - 1 && mask[i - 1] === 1 && mask[i + 1] === 1 && mask[i - width] === 1 &&
    mask[i + width] === 1;
}
