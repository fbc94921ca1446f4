import { ifdOffsets, readIfd } from "./ifd.ts";

const Tag = { newSubfileType: 254, subfileType: 255, width: 256, height: 257 } as const;

/** Bits of NewSubfileType (TIFF 6.0, section 8). */
const REDUCED = 1, MASK = 4;
/** The value of SubfileType, its forerunner, that means the same as the first bit. */
const OLD_REDUCED = 2;

/** More pages than this are not looked at: a file can list millions. */
const MOST_PAGES = 1024;

/** A page of a TIFF file. */
interface TiffPage {
  /** Where its directory begins. */
  readonly start: number;
  readonly width: number;
  readonly height: number;
  readonly kind: "picture" | "reduced picture" | "mask";
  /** Whether it is a reduced one, mask or not. */
  readonly reduced: boolean;
}

/** The page that holds the picture. */
export interface PicturePage {
  /** Where its directory begins; `undefined` where the file has none. */
  readonly start: number | undefined;
  /** Where the directory of its mask begins, which says which of its pixels are of the picture; `undefined` where there is none. */
  readonly mask?: number;
  /** What the file holds besides, in a sentence. */
  readonly note?: string;
}

/** Chooses of the pages of a TIFF file the largest full picture, of equal ones the first; where none is said to be full, the largest reduced one. */
export function picturePage(bytes: Uint8Array): PicturePage {
  const pages = ifdOffsets(bytes, MOST_PAGES).map((start) => pageAt(bytes, start));
  if (pages.length <= 1) return { start: pages[0]?.start };
  const candidates = (["picture", "reduced picture", "mask"] as const)
    .map((kind) => pages.filter((page) => page.kind === kind))
    .find((found) => found.length > 0) ?? pages;
  const chosen = candidates.reduce((best, page) =>
    page.width * page.height > best.width * best.height ? page : best
  );
  const mask = pages.find((page) =>
    page !== chosen && page.kind === "mask" && !page.reduced && page.width === chosen.width &&
    page.height === chosen.height
  );
  const unread = pages.filter((page) => page !== chosen && page !== mask);
  const others = [...Map.groupBy(unread, ({ kind }) => kind)]
    .map(([kind, { length }]) => `${length} ${kind}${length === 1 ? "" : "s"}`);
  return {
    start: chosen.start,
    mask: mask?.start,
    note: others.length === 0
      ? undefined
      : `Of its ${pages.length} pages the ${chosen.width} × ${chosen.height} picture of page ${
        pages.indexOf(chosen) + 1
      } was read, and not the other ${others.join(" and ")}.`,
  };
}

function pageAt(bytes: Uint8Array, start: number): TiffPage {
  const fields = readIfd(bytes, new Set(Object.values(Tag)), { start, most: 1 });
  const one = (tag: number) => fields?.get(tag)?.[0] ?? 0;
  const type = one(Tag.newSubfileType);
  const reduced = (type & REDUCED) !== 0 || one(Tag.subfileType) === OLD_REDUCED;
  const kind = (type & MASK) !== 0 ? "mask" : reduced ? "reduced picture" : "picture";
  return { start, width: one(Tag.width), height: one(Tag.height), kind, reduced };
}
