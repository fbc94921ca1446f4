/// <reference lib="dom" />
import type { EngineClient } from "./engine_client.ts";
import { maskFile, readFound, readMask } from "./grey_files.ts";
import { type Noted, noted, takeNoted } from "./noted.ts";
import { Photo, type PhotoSource } from "./photo.ts";
import { SaveQueue } from "./save_queue.ts";
import type { Keeper } from "./studio.ts";

/** The database of all pages of this origin; of files, Chromium takes all for one origin. */
const DATABASE = "hairline", VERSION = 1;

/** A photo that was given to the page. */
interface KeptFile {
  readonly file: File;
  /** Its place among all. */
  readonly place: number;
}

/** What was found in it: PNG files, as `label` writes them. */
interface KeptFound {
  readonly mask: Blob;
  readonly confidence: Blob;
  readonly crackShare: number;
  readonly doubt?: number;
  readonly warning?: string;
}

/** What a person decided about it; the mask, a PNG file, where it was mended. */
interface KeptReview extends Noted {
  readonly mask?: Blob;
}

/** What is kept of photos, each by the photo's key. */
interface Kept {
  readonly files: KeptFile;
  readonly found: KeptFound;
  readonly reviews: KeptReview;
}

const STORES = ["files", "found", "reviews"] as const satisfies (keyof Kept)[];

/**
 * Keeps photos, what was found in them and what was decided in the browser's own storage (https://www.w3.org/TR/IndexedDB-3/): a page without a
 * server goes on where it was left.
 */
export class BrowserStore implements Keeper {
  readonly #engine: EngineClient;
  readonly #queue = new SaveQueue({
    save: ([photo]) => this.#save(photo),
    describe: (error) => `${NOT_KEPT} ${error instanceof Error ? error.message : error}`,
  });
  readonly #photos = new Map<string, Photo>();
  readonly #sources = new WeakMap<Photo, KeptSource>();
  #opened: Promise<IDBDatabase> | undefined;
  #places = 0;

  constructor(engine: EngineClient) {
    this.#engine = engine;
  }

  /** Called with a sentence when something cannot be kept, and with none when it was after all. */
  set onTrouble(listener: (sentence: string) => void) {
    this.#queue.onTrouble = listener;
  }

  get waits(): boolean {
    return this.#queue.waits;
  }

  /**
   * The photos that were here before, with all that was done.
   *
   * @throws {Error} where the browser keeps nothing.
   */
  async photos(): Promise<Photo[]> {
    try {
      const [files, found, reviews] = await Promise.all(
        [this.#all("files"), this.#all("found"), this.#all("reviews")] as const,
      );
      const inOrder = [...files].sort(([, a], [, b]) => a.place - b.place);
      return inOrder.map(([key, { file, place }]) => {
        this.#places = Math.max(this.#places, place + 1);
        const photo = this.#take(key, { file, place, isKept: true, found: found.get(key) });
        const review = reviews.get(key);
        if (review !== undefined) takeNoted(photo, review);
        return photo;
      });
    } catch (error) {
      throw new Error(`${NOT_KEPT} ${(error as Error).message}`, { cause: error });
    }
  }

  takeFile(file: File): Photo | undefined {
    const key = `${file.name} ${file.size} ${file.lastModified}`;
    if (this.#photos.has(key)) return undefined;
    const photo = this.#take(key, { file, place: this.#places++, isKept: false });
    this.#queue.add(photo);
    return photo;
  }

  keep(photo: Photo): Promise<void> {
    return this.#queue.add(photo);
  }

  marked(photo: Photo): void {
    if (this.#sources.get(photo)?.found === undefined) this.#queue.add(photo);
  }

  async *figures(): AsyncGenerator<never> {
    // Doubts are kept with what was found, and no run lies beside.
  }

  async clear(): Promise<void> {
    this.#queue.clear();
    this.#photos.clear();
    await this.#change((kept) => {
      for (const store of STORES) kept(store).clear();
    });
  }

  #take(
    key: string,
    { found, ...its }: KeptFile & { readonly isKept: boolean; readonly found?: KeptFound },
  ): Photo {
    const source = new KeptSource({ ...its, key, crackShare: found?.crackShare }, {
      found: async () => (await this.#get("found", key))!,
      review: () => this.#get("reviews", key),
    });
    const photo = new Photo(source);
    if (found !== undefined) {
      source.isFound();
      photo.doubt.value = found.doubt;
      if (found.warning !== undefined) {
        photo.progress.value = { state: "marked", crackShare: found.crackShare, warning: found.warning };
      }
    }
    this.#photos.set(key, photo);
    this.#sources.set(photo, source);
    return photo;
  }

  /** Writes what is known of a photo and not kept yet, all of it or nothing. */
  async #save(photo: Photo): Promise<void> {
    const source = this.#sources.get(photo)!;
    const { key, file, place } = source;
    const found = source.found === undefined ? await this.#foundIn(photo) : undefined;
    const { edits } = photo;
    const mended = edits !== undefined && edits.changedPixels > 0
      ? new Blob([await maskFile(this.#engine, edits)], { type: "image/png" })
      : undefined;
    // Of a photo that was not opened since, the mask is where it was.
    const before = edits === undefined ? await this.#get("reviews", key) : undefined;
    const mask = mended ?? before?.mask;
    const review: KeptReview = {
      ...noted(photo),
      at: new Date().toISOString(),
      ...(mask === undefined ? {} : { mask }),
    };
    // It was cleared away meanwhile.
    if (this.#photos.get(key) !== photo) return;
    await this.#change((kept) => {
      if (!source.isKept) kept("files").put({ file, place } satisfies KeptFile, key);
      if (found !== undefined) kept("found").put(found, key);
      kept("reviews").put(review, key);
    });
    photo.at = review.at;
    source.isKept = true;
    if (found !== undefined) source.isFound();
  }

  async #foundIn({ edits, doubt, progress }: Photo): Promise<KeptFound | undefined> {
    if (edits?.confidence === undefined || progress.value.state !== "marked") return undefined;
    const { width, height, confidence } = edits;
    const [mask, confidences] = await Promise.all([
      maskFile(this.#engine, { width, height, mask: edits.before }),
      this.#engine.encode(width, height, confidence),
    ]);
    const { crackShare, warning } = progress.value;
    return {
      mask: new Blob([mask], { type: "image/png" }),
      confidence: new Blob([confidences], { type: "image/png" }),
      crackShare,
      doubt: doubt.value,
      ...(warning === undefined ? {} : { warning }),
    };
  }

  async #all<Name extends keyof Kept>(name: Name): Promise<Map<string, Kept[Name]>> {
    const store = (await this.#database()).transaction(name).objectStore(name);
    const [keys, values] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
    return new Map(keys.map((key, i) => [String(key), values[i]]));
  }

  async #get<Name extends keyof Kept>(name: Name, key: string): Promise<Kept[Name] | undefined> {
    return await settled((await this.#database()).transaction(name).objectStore(name).get(key));
  }

  /** Changes what is kept, all of it or nothing. */
  async #change(work: (kept: (name: keyof Kept) => IDBObjectStore) => void): Promise<void> {
    const transaction = (await this.#database()).transaction(STORES, "readwrite");
    work((name) => transaction.objectStore(name));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("The browser refused."));
    });
  }

  #database(): Promise<IDBDatabase> {
    return this.#opened ??= openDatabase().catch((error) => {
      this.#opened = undefined;
      throw error;
    });
  }
}

const NOT_KEPT =
  "This browser keeps nothing of what is done here when the page is closed: save it before. What it says:";

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, VERSION);
  request.onupgradeneeded = () => {
    for (const store of STORES) request.result.createObjectStore(store);
  };
  return settled(request);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Reads what is kept of a photo. */
interface Readers {
  found(): Promise<KeptFound>;
  review(): Promise<KeptReview | undefined>;
}

/** A photo that was given to the page, and what is kept of it. */
class KeptSource implements PhotoSource {
  readonly key: string;
  readonly name: string;
  readonly file: File;
  readonly place: number;
  readonly crackShare: number | undefined;
  /** Whether the photo itself is kept. */
  isKept: boolean;
  found: PhotoSource["found"];
  mask: PhotoSource["mask"];
  readonly #read: Readers;

  constructor(
    { key, file, place, isKept, crackShare }: KeptFile & {
      readonly key: string;
      readonly isKept: boolean;
      readonly crackShare: number | undefined;
    },
    read: Readers,
  ) {
    [this.key, this.file, this.place, this.isKept, this.crackShare] = [key, file, place, isKept, crackShare];
    this.name = file.name;
    this.#read = read;
  }

  /** To be called when what was found is kept: from then on it is read from there. */
  isFound(): void {
    this.found = async (engine) => {
      const { mask, confidence } = await this.#read.found();
      return await readFound(engine, { mask: await bytesOf(mask), confidence: await bytesOf(confidence) });
    };
    this.mask = async () => (await this.#read.review())?.mask ?? (await this.#read.found()).mask;
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return bytesOf(this.file);
  }

  async mended(engine: EngineClient): Promise<Uint8Array | undefined> {
    const mask = (await this.#read.review())?.mask;
    return mask && await readMask(engine, await bytesOf(mask));
  }
}

async function bytesOf(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.arrayBuffer());
}
