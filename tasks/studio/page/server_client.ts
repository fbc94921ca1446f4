/// <reference lib="dom" />
import type { EngineClient } from "./engine_client.ts";
import type { Found } from "./edited_mask.ts";
import { type Decision, Photo, type PhotoSource } from "./photo.ts";
import type { Keeper } from "./studio.ts";

/** What the server lists: `ListedRun` of its own side. */
interface Listed {
  readonly run: string;
  readonly photos: readonly {
    readonly name: string;
    readonly crackShare?: number;
    readonly review?: Reviewed;
  }[];
}

/** What the server knows of a photo that was looked at: `ReviewedPhoto` of its own side. */
interface Reviewed {
  readonly decision?: Decision;
  readonly at: string;
  readonly seconds: number;
  readonly mmPerPixel?: number;
}

/** Where pages of one server leave the secret of the newest link to it: a page that outlived its server goes on with the next one. */
const STORED_KEY = "hairline-key";

/** Milliseconds until what could not be saved is sent again, and between two looks at what other windows have saved. */
const AGAIN = 2000, LOOK = 4000;

/** The server of a run: lists its photos, and keeps what is decided. */
export class ServerClient implements Keeper {
  readonly #engine: EngineClient;
  /** Photos that wait to be saved. */
  readonly #unsaved = new Set<Photo>();
  #saving: Promise<void> | undefined;
  #run = "";
  readonly #photos = new Map<string, Photo>();
  /** When each photo was saved last, as far as this page knows. */
  readonly #savedAt = new Map<string, string>();
  /** Called when the server does not answer, and when it does again. */
  onConnection: (sentence: string) => void = () => {};
  /** Called with a photo that was decided about in another window. */
  onForeign: (photo: Photo) => void = () => {};

  constructor(key: string, engine: EngineClient) {
    localStorage.setItem(STORED_KEY, key);
    this.#engine = engine;
  }

  /** The photos of the run, with what was decided before. */
  async photos(): Promise<Photo[]> {
    const { run, photos }: Listed = await (await this.#ask("photos")).json();
    this.#run = run;
    return photos.map(({ name, crackShare, review }) => {
      const photo = new Photo(this.#source(name, crackShare));
      this.#photos.set(name, photo);
      if (review !== undefined) this.#take(photo, review);
      return photo;
    });
  }

  #take(photo: Photo, { decision, at, seconds, mmPerPixel }: Reviewed): void {
    photo.decision.value = decision;
    photo.mmPerPixel.value = mmPerPixel;
    photo.seconds = seconds;
    this.#savedAt.set(photo.name, at);
  }

  /** Looks again and again at what other windows have saved, as long as this one is seen. */
  async follow(): Promise<never> {
    for (;; await new Promise((resolve) => setTimeout(resolve, LOOK))) {
      if (document.hidden || this.waits) continue;
      // That the server is gone is said when something is to be saved.
      await this.#lookAround().catch(() => {});
    }
  }

  async #lookAround(): Promise<void> {
    const latest = [...this.#savedAt.values()].reduce((last, at) => at > last ? at : last, "");
    const response = await this.#fetch(`reviewed?since=${latest}`);
    if (!response.ok) return;
    const others: readonly (Reviewed & { readonly name: string })[] = await response.json();
    for (const review of others) {
      const photo = this.#photos.get(review.name);
      if (photo === undefined || this.#unsaved.has(photo) || this.#saving !== undefined) continue;
      // Saved by this page while the answer was on its way.
      if ((this.#savedAt.get(photo.name) ?? "") >= review.at) continue;
      this.#take(photo, review);
      this.onForeign(photo);
    }
  }

  /** How much doubt the run left, a number of photos at a time. */
  async *doubts(): AsyncGenerator<readonly (readonly [name: string, doubt: number | null])[]> {
    for (let from = 0;;) {
      const response = await this.#fetch(`doubts?from=${from}`);
      if (!response.ok) throw new Error(await response.text());
      const some: (readonly [string, number | null])[] = await response.json();
      if (some.length === 0) return;
      yield some;
      from += some.length;
    }
  }

  get waits(): boolean {
    return this.#unsaved.size > 0 || this.#saving !== undefined;
  }

  /** Saves a photo as it is now; until the server answers, again and again. */
  keep(photo: Photo): Promise<void> {
    this.#unsaved.add(photo);
    return this.#saving ??= this.#saveAll().finally(() => this.#saving = undefined);
  }

  async #saveAll(): Promise<void> {
    for (let failed = false; this.#unsaved.size > 0;) {
      const [photo] = this.#unsaved;
      this.#unsaved.delete(photo);
      try {
        await this.#save(photo);
        if (failed) this.onConnection("");
        failed = false;
      } catch (error) {
        this.#unsaved.add(photo);
        failed = true;
        this.onConnection(
          error instanceof TypeError
            ? "The studio's server does not answer. Leave this page open, start the studio again with the same --port, and open its link beside: " +
              "then what you did here is saved."
            : String((error as Error).message),
        );
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
    }
  }

  async #save(photo: Photo): Promise<void> {
    const { edits } = photo;
    const decision = photo.decision.value;
    const mmPerPixel = photo.mmPerPixel.value;
    // Of photos without a run there is no other mask.
    const mended = edits !== undefined &&
      (decision === "corrected" || (decision === "accepted" && photo.source.found === undefined));
    const form = new FormData();
    form.set("run", this.#run);
    form.set(
      "facts",
      JSON.stringify({
        ...(decision === undefined ? {} : { decision }),
        seconds: Math.round(photo.seconds),
        ...(mended ? { changedPixels: edits.changedPixels } : {}),
        ...(mmPerPixel === undefined ? {} : { mmPerPixel }),
      }),
    );
    if (mended) {
      const grey = edits.mask.map((value) => 255 * value);
      form.set("mask", new File([await this.#engine.encode(edits.width, edits.height, grey)], "mask.png"));
    }
    const { at } = await (await this.#ask("review", photo.name, { method: "PUT", body: form })).json();
    this.#savedAt.set(photo.name, at);
  }

  #source(name: string, crackShare: number | undefined): PhotoSource {
    const bytes = async () => new Uint8Array(await (await this.#ask("photo", name)).arrayBuffer());
    const mended = (engine: EngineClient) => this.#mended(engine, name);
    if (crackShare === undefined) return { name, bytes, mended };
    const mask = async () => {
      const corrected = await this.#fetch("corrected", name);
      return await (corrected.status === 200 ? corrected : await this.#ask("mask", name)).blob();
    };
    return { name, bytes, crackShare, mask, mended, found: (engine) => this.#found(engine, name) };
  }

  async #found(engine: EngineClient, name: string): Promise<Found> {
    const { width, height, grey } = await readGrey(engine, await this.#ask("mask", name));
    const { grey: confidence } = await readGrey(engine, await this.#ask("confidence", name));
    return { width, height, confidence, mask: binary(grey) };
  }

  async #mended(engine: EngineClient, name: string): Promise<Uint8Array | undefined> {
    const corrected = await this.#fetch("corrected", name);
    return corrected.status === 200 ? binary((await readGrey(engine, corrected)).grey) : undefined;
  }

  /** @throws {Error} with the server's sentence. */
  async #ask(what: string, name?: string, init?: RequestInit): Promise<Response> {
    const response = await this.#fetch(what, name, init);
    if (!response.ok) throw new Error(await response.text());
    return response;
  }

  #fetch(what: string, name?: string, init: RequestInit = {}): Promise<Response> {
    const query = name === undefined ? "" : `?name=${encodeURIComponent(name)}`;
    return fetch(`/api/${what}${query}`, {
      ...init,
      headers: { "x-hairline-key": localStorage.getItem(STORED_KEY) ?? "" },
    });
  }
}

/** The grey values of a PNG file. */
async function readGrey(
  engine: EngineClient,
  response: Response,
): Promise<{ readonly width: number; readonly height: number; readonly grey: Uint8Array<ArrayBuffer> }> {
  const { width, height, data } = await engine.decode(new Uint8Array(await response.arrayBuffer()));
  return { width, height, grey: Uint8Array.from({ length: width * height }, (_, i) => data[4 * i]) };
}

/** 1 where there is crack. */
function binary(grey: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(grey, (value) => value > 0 ? 1 : 0);
}
