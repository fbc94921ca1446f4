/// <reference lib="dom" />
import type { EngineClient } from "./engine_client.ts";
import type { Found } from "./edited_mask.ts";
import { maskFile, readFound, readMask } from "./grey_files.ts";
import { type Noted, noted, takeNoted } from "./noted.ts";
import { Photo, type PhotoSource } from "./photo.ts";
import { SaveQueue } from "./save_queue.ts";
import { keptStage } from "./stage.ts";
import type { Figure, Keeper } from "./studio.ts";

/** What the server lists: `ListedRun` of its own side. */
interface Listed {
  readonly run: string;
  readonly photos: readonly {
    readonly name: string;
    readonly file: string;
    readonly crackShare?: number;
    readonly stages?: readonly string[];
    readonly beside?: boolean;
    readonly review?: Noted;
  }[];
}

/** Where pages of one server leave the secret of the newest link to it: a page that outlived its server goes on with the next one. */
const STORED_KEY = "hairline-key";

/** Milliseconds between two looks at what other windows have saved. */
const LOOK = 4000;

/** The server has ended; or it is another one by now, whose link this page does not know yet. */
class NoServer extends Error {
  constructor() {
    super(
      "The studio's server does not answer. Leave this page open, start the studio again with the same --port, and open its link beside: " +
        "then what you did here is saved.",
    );
  }
}

/** The server of a run: lists its photos, and keeps what is decided. */
export class ServerClient implements Keeper {
  readonly #engine: EngineClient;
  readonly #queue = new SaveQueue({
    save: (photos) => this.#save(photos),
    describe: (error) => (error as Error).message,
    together: (photo) => !this.#writesMask(photo),
  });
  #run = "";
  readonly #photos = new Map<string, Photo>();
  /** When each photo was saved last, as far as this page knows. */
  readonly #savedAt = new Map<string, string>();
  /** The time of the newest decision of which the server told when it was asked what there is: all before are known here, too. */
  #knownUntil = "";
  /** Whether it was told that the server is gone. */
  #gone = false;
  /** Photos of which a mended mask lies with the server. */
  readonly #mended = new WeakSet<Photo>();
  /** Called with a photo that was decided about in another window. */
  onForeign: (photo: Photo) => void = () => {};

  constructor(key: string, engine: EngineClient) {
    localStorage.setItem(STORED_KEY, key);
    this.#engine = engine;
  }

  /** Called with a sentence when something cannot be saved, and with none when it was after all. */
  set onTrouble(listener: (sentence: string) => void) {
    this.#queue.onTrouble = listener;
    this.#tell = listener;
  }

  #tell: (sentence: string) => void = () => {};

  /** The photos of the run, with what was decided before. */
  async photos(): Promise<Photo[]> {
    const { run, photos }: Listed = await (await this.#ask("photos")).json();
    this.#run = run;
    return photos.map(({ name, review, ...listed }) => {
      const photo = new Photo(this.#source(name, listed));
      this.#photos.set(name, photo);
      if (review !== undefined) this.#take(photo, review);
      return photo;
    });
  }

  #take(photo: Photo, review: Noted): void {
    takeNoted(photo, review);
    this.#savedAt.set(photo.name, review.at);
    if (review.at > this.#knownUntil) this.#knownUntil = review.at;
  }

  /** Looks again and again at what other windows have saved, as long as this one is seen. */
  async follow(): Promise<never> {
    for (;; await new Promise((resolve) => setTimeout(resolve, LOOK))) {
      if (document.hidden || this.waits) continue;
      try {
        await this.#lookAround();
        if (this.#gone) this.#tell("");
        this.#gone = false;
      } catch (error) {
        this.#gone = error instanceof NoServer;
        this.#tell((error as Error).message);
      }
    }
  }

  async #lookAround(): Promise<void> {
    const response = await this.#ask(`reviewed?since=${this.#knownUntil}`);
    const reviews: readonly (Noted & { readonly name: string })[] = await response.json();
    // What was decided here meanwhile is to be looked at again when it is saved.
    if (this.waits) return;
    for (const review of reviews) {
      const photo = this.#photos.get(review.name);
      // Saved by this page, or known before.
      if (photo === undefined || (this.#savedAt.get(photo.name) ?? "") >= review.at) continue;
      this.#take(photo, review);
      this.onForeign(photo);
    }
    this.#knownUntil = reviews.reduce((last, { at }) => at > last ? at : last, this.#knownUntil);
  }

  /** What was found out about the masks, a number of photos at a time. */
  async *figures(
    which: Figure,
  ): AsyncGenerator<readonly (readonly [name: string, figure: number | null])[]> {
    for (let from = 0;;) {
      const response = await this.#ask(`${which}s?from=${from}`);
      const some: (readonly [string, number | null])[] = await response.json();
      if (some.length === 0) return;
      yield some;
      from += some.length;
    }
  }

  get waits(): boolean {
    return this.#queue.waits;
  }

  /** Saves a photo as it is now; until the server answers, again and again. */
  keep(photo: Photo): Promise<void> {
    return this.#queue.add(photo);
  }

  /** Whether a photo is kept with its mask. Without a run there is no other mask; and what was undone takes the place of what was kept. */
  #writesMask(photo: Photo): boolean {
    const { edits, decision } = photo;
    return edits !== undefined &&
      (edits.changedPixels > 0 || this.#mended.has(photo) ||
        (decision.value === "accepted" && photo.source.found === undefined));
  }

  /** Saves a photo with its mask, or any number without. */
  async #save(photos: readonly Photo[]): Promise<void> {
    const [first] = photos;
    const isMended = this.#writesMask(first);
    const form = new FormData();
    form.set("run", this.#run);
    form.set("facts", JSON.stringify(photos.map((photo) => ({ name: photo.name, ...noted(photo) }))));
    if (isMended) form.set("mask", new File([await maskFile(this.#engine, first.edits!)], "mask.png"));
    const { at } = await (await this.#ask("review", undefined, { method: "PUT", body: form })).json();
    for (const { name } of photos) this.#savedAt.set(name, at);
    if (isMended) this.#mended.add(first);
  }

  /** Of a folder without a run, an accepted mask is kept as soon as there is one. */
  marked(photo: Photo): void {
    const isAccepted = photo.source.found === undefined && photo.decision.value === "accepted";
    if (isAccepted && !this.#mended.has(photo)) this.#queue.add(photo);
  }

  #source(
    name: string,
    { file, crackShare, stages: keys, beside: isBeside = false }: Omit<
      Listed["photos"][number],
      "name" | "review"
    >,
  ): PhotoSource {
    const bytes = async () => bytesOf(await this.#ask("photo", name));
    const mended = (engine: EngineClient) => this.#readMended(engine, name);
    const beside = isBeside ? async () => await (await this.#ask("beside", name)).blob() : undefined;
    if (crackShare === undefined) return { name, fileName: file, bytes, mended, beside };
    const mask = async () => {
      const corrected = await this.#fetch("corrected", name);
      return await (corrected.status === 200 ? corrected : await this.#ask("mask", name)).blob();
    };
    const stages = keys?.map((key) => keptStage(key, () => this.#stage(name, key)));
    const found = (engine: EngineClient) => this.#found(engine, name);
    return { name, fileName: file, bytes, crackShare, mask, mended, beside, stages, found };
  }

  async #stage(name: string, key: string): Promise<Blob> {
    return await (await this.#ask(`stage?key=${key}`, name)).blob();
  }

  async #found(engine: EngineClient, name: string): Promise<Found> {
    const [mask, confidence] = await Promise.all(
      ["mask", "confidence"].map(async (what) => await bytesOf(await this.#ask(what, name))),
    );
    return await readFound(engine, { mask, confidence });
  }

  async #readMended(engine: EngineClient, name: string): Promise<Uint8Array | undefined> {
    const corrected = await this.#fetch("corrected", name);
    if (corrected.status !== 200) return undefined;
    this.#mended.add(this.#photos.get(name)!);
    return await readMask(engine, await bytesOf(corrected));
  }

  /** @throws {Error} with the server's sentence. */
  async #ask(what: string, name?: string, init?: RequestInit): Promise<Response> {
    const response = await this.#fetch(what, name, init);
    if (!response.ok) throw new Error(await response.text());
    return response;
  }

  /** @throws {NoServer} */
  async #fetch(what: string, name?: string, init: RequestInit = {}): Promise<Response> {
    const query = name === undefined
      ? ""
      : `${what.includes("?") ? "&" : "?"}name=${encodeURIComponent(name)}`;
    const headers = { "x-hairline-key": localStorage.getItem(STORED_KEY) ?? "" };
    const response = await fetch(`/api/${what}${query}`, { ...init, headers }).catch(() => undefined);
    if (response === undefined || response.status === 403) throw new NoServer();
    return response;
  }
}

async function bytesOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await response.arrayBuffer());
}
