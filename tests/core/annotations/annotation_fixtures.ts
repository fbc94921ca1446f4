import { dirname, join } from "node:path";
import { type AnnotatedPhoto, crackInstances } from "../../../core/annotations/annotated_photo.ts";
import type { Bitmap } from "../../../core/annotations/bitmap.ts";
import { openAnnotations } from "../../../core/annotations/open_annotations.ts";
import {
  writeAnnotations,
  type WriteAnnotationsOptions,
} from "../../../core/annotations/write_annotations.ts";
import { seeded } from "../testing.ts";

/** Pixels that are crack with this probability. */
export function randomMask(width: number, height: number, share: number, seed: number): Bitmap {
  const random = seeded(seed);
  return { width, height, data: Uint8Array.from({ length: width * height }, () => random() < share ? 1 : 0) };
}

/** A mask drawn in lines of `#` and `.`. */
export function drawnMask(...lines: readonly string[]): Bitmap {
  const data = Uint8Array.from(lines.join(""), (letter) => letter === "#" ? 1 : 0);
  return { width: lines[0].length, height: lines.length, data };
}

/** A mask without its holes: all that the background at the border does not reach by its four sides. */
export function withoutHoles({ width, height, data }: Bitmap): Bitmap {
  const outside = new Uint8Array(data.length);
  const open: number[] = [];
  const visit = (x: number, y: number) => {
    const i = y * width + x;
    if (x < 0 || y < 0 || x >= width || y >= height || data[i] === 1 || outside[i] === 1) return;
    outside[i] = 1;
    open.push(i);
  };
  for (let x = 0; x < width; x++) visit(x, 0), visit(x, height - 1);
  for (let y = 0; y < height; y++) visit(0, y), visit(width - 1, y);
  while (open.length > 0) {
    const i = open.pop()!, x = i % width, y = Math.floor(i / width);
    visit(x - 1, y), visit(x + 1, y), visit(x, y - 1), visit(x, y + 1);
  }
  return { width, height, data: outside.map((value) => 1 - value) };
}

/** Masks as photos, each crack of them one. */
export function photosOf(masks: Readonly<Record<string, Bitmap>>): AnnotatedPhoto[] {
  return Object.entries(masks).map(([name, mask]) => ({
    name,
    file: `${name}.jpg`,
    width: mask.width,
    height: mask.height,
    cracks: crackInstances(mask),
  }));
}

/** Writes annotations into a folder. */
export async function writeInto(
  folder: string,
  photos: Iterable<AnnotatedPhoto>,
  options: WriteAnnotationsOptions,
): Promise<void> {
  for await (const { path, content } of writeAnnotations(photos, options)) {
    const target = join(folder, path);
    await Deno.mkdir(dirname(target), { recursive: true });
    if (content instanceof Uint8Array) await Deno.writeFile(target, content);
    else {
      const pieces = typeof content === "string" ? [content] : await Array.fromAsync(content);
      await Deno.writeTextFile(target, pieces.join(""));
    }
  }
}

/** What annotations mark in photos of these sizes, by the names of the photos without an extension. */
export async function readFrom(
  path: string,
  format: WriteAnnotationsOptions["format"],
  sizes: Readonly<Record<string, Pick<Bitmap, "width" | "height">>>,
): Promise<Record<string, Bitmap>> {
  const found: Record<string, Bitmap> = {};
  for await (const { file, areas } of (await openAnnotations(path, { format })).photos()) {
    const name = file.replace(/\.jpg$/, "");
    const { width, height } = sizes[name];
    found[name] = { width, height, data: new Uint8Array(width * height) };
    for (const { paint } of areas) await paint(found[name]);
  }
  return found;
}
