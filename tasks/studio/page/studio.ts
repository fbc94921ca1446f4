/// <reference lib="dom" />
import type { BackendName } from "../../../models/backend.ts";
import type { EngineClient } from "./engine_client.ts";
import type { Engine } from "./engine_protocol.ts";
import type { Decision } from "../review.ts";
import type { OpenedPhoto, Photo } from "./photo.ts";
import { batch, computed, type ReadonlySignal, type Signal, signal } from "./view.ts";

/** What is worked out about masks when it is asked for: how much doubt they leave, how much two runs agree. */
export type Figure = "doubt" | "agreement";

/** Where decisions and mended masks are kept, besides in the page. */
export interface Keeper {
  /** Keeps what is known of a photo now. */
  keep(photo: Photo): Promise<void>;
  /** Keeps what was found in a photo, where no run did. */
  marked?(photo: Photo): void;
  /** Whether something is not kept yet. */
  readonly waits: boolean;
  /** What is known about the masks of photos, by their names. */
  figures(which: Figure): AsyncIterable<readonly (readonly [name: string, figure: number | null])[]>;
  /** Takes up a file that a person gave; none if it is there already. Undefined where photos are those of a server. */
  takeFile?(file: File): Photo | undefined;
  /** Forgets everything. */
  clear?(): Promise<void>;
}

/** Photos whose masks are held with all that can be undone: the last that were on the desk. */
const HELD = 12;

/** All that the page shows: its photos, which one is open, and what computes. */
export class Studio {
  readonly engine: EngineClient;
  readonly keeper: Keeper;
  /** What computes, or why nothing does; undefined while it is being opened. */
  readonly device: Signal<Engine | Error | undefined> = signal(undefined);
  readonly photos: Signal<readonly Photo[]> = signal([]);
  /** The photo on the desk; without one the overview is shown. */
  readonly current: Signal<Photo | undefined> = signal(undefined);
  /** Photos in the order and choice of the overview, which the desk walks through. */
  readonly listed: Signal<readonly Photo[]> = signal([]);
  /** A sentence for the person: something failed, or was saved. */
  readonly notice: Signal<string> = signal("");
  readonly decided: ReadonlySignal<number> = computed(() =>
    this.photos.value.filter(({ decision }) => decision.value !== undefined).length
  );
  /** Photos that were on the desk, the last one last. */
  #left: Photo[] = [];
  /** Keeps strokes that were just drawn. */
  flush: () => void = () => {};
  #marking = false;
  readonly #figures = new Map<Figure, Promise<void>>();

  /** @param backend what networks run on. Default: the device, unless it is software. */
  constructor(engine: EngineClient, keeper: Keeper, backend?: BackendName) {
    this.engine = engine;
    this.keeper = keeper;
    engine.open(backend).then(
      (device) => this.device.value = device,
      (error) => this.device.value = error,
    );
  }

  /** Whether closing the page now would lose something. */
  get unsaved(): boolean {
    this.flush();
    return this.keeper.waits;
  }

  /** Takes up photos, and begins to mark those in which nobody looked yet. */
  add(photos: readonly Photo[]): void {
    const first = this.photos.value.length === 0;
    this.photos.value = [...this.photos.value, ...photos];
    if (first && photos.length === 1) this.current.value = photos[0];
    this.#markWaiting();
  }

  /** Takes up files that were dropped, pasted or chosen. */
  addFiles(files: Iterable<File>): void {
    const images = [...files].filter(({ type, name }) => type.startsWith("image/") || /\.tiff?$/i.test(name));
    if (images.length === 0) {
      this.notice.value = "That holds no photo: JPEG, PNG, WebP, TIFF, BMP and GIF files are read.";
      return;
    }
    this.notice.value = "";
    this.add(images.map((file) => this.keeper.takeFile?.(file)).filter((photo) => photo !== undefined));
  }

  /** Puts all photos away, for good. */
  async clear(): Promise<void> {
    this.photos.value = [];
    this.current.value = undefined;
    this.#left = [];
    await this.keeper.clear?.().catch((error) => this.complain(error));
  }

  /** Opens a photo for the desk. */
  async open(photo: Photo): Promise<OpenedPhoto> {
    const opened = await photo.open(this.engine);
    this.keeper.marked?.(photo);
    return opened;
  }

  /** To be called when a photo leaves the desk: masks that are kept elsewhere are not held for ever. */
  leave(photo: Photo): void {
    this.#left = [...this.#left.filter((other) => other !== photo), photo];
    if (this.#left.length <= HELD || this.keeper.waits) return;
    const [oldest] = this.#left.splice(0, 1);
    this.letGo(oldest);
  }

  /** Forgets what can be read again of a photo, unless it may still be undone. */
  letGo(photo: Photo): void {
    const isHeld = photo === this.current.value || this.#left.includes(photo);
    if (!isHeld && photo.source.found !== undefined) photo.forget();
  }

  /** Opens the photo so many places further in the list. */
  step(by: number): void {
    const list = this.listed.value.length > 0 ? this.listed.value : this.photos.value;
    const at = this.current.value === undefined ? -1 : list.indexOf(this.current.value);
    const next = list[Math.min(list.length - 1, Math.max(0, at + by))];
    if (next !== undefined) this.current.value = next;
  }

  /** Decides about a photo; with none, takes the decision back. */
  async decide(photo: Photo, decision: Decision | undefined): Promise<void> {
    const mended = decision === "accepted" && (photo.edits?.changedPixels ?? photo.changedPixels) > 0;
    photo.decision.value = mended ? "corrected" : decision;
    await this.keep(photo);
  }

  /** Keeps a photo's decision and mask where that is done. */
  async keep(photo: Photo): Promise<void> {
    if (photo.edits !== undefined) photo.changedPixels = photo.edits.changedPixels;
    try {
      await this.keeper.keep(photo);
    } catch (error) {
      this.complain(error);
    }
  }

  /** Says that something failed. */
  complain(error: unknown): void {
    this.notice.value = error instanceof Error ? error.message : String(error);
  }

  /** Asks for what is worked out about masks, once. */
  askFor(which: Figure): void {
    if (this.#figures.has(which)) return;
    this.#figures.set(which, this.#askFor(which).catch((error) => this.complain(error)));
  }

  async #askFor(which: Figure): Promise<void> {
    const photos = new Map(this.photos.value.map((photo) => [photo.name, photo]));
    for await (const some of this.keeper.figures(which)) {
      batch(() => {
        for (const [name, figure] of some) photos.get(name)![which].value ??= figure ?? undefined;
      });
    }
  }

  /** One after the other, those on the desk first: the worker does one thing at a time. */
  async #markWaiting(): Promise<void> {
    if (this.#marking) return;
    this.#marking = true;
    const next = () => this.photos.value.find(({ progress }) => progress.value.state === "waiting");
    for (let photo = next(); photo !== undefined; photo = next()) {
      // Its failure is shown with it.
      await photo.mark(this.engine).catch(() => {});
      this.keeper.marked?.(photo);
    }
    this.#marking = false;
  }
}
