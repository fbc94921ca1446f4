import { basename, join } from "node:path";
import { listFiles } from "../datasets/list_files.ts";
import type { UnusableShapes } from "./annotation_format.ts";
import type { Size } from "./bitmap.ts";
import type { Ring } from "./outlines.ts";

/** An object out of a JSON or XML text. */
export type Fields = Readonly<Record<string, unknown>>;

/** A value as an object; nothing in it where it is none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Fields : {};
}

/** A value as a list; empty where it is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Whether a value is a list of finite numbers. */
export function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isFinite(item));
}

/** A size, where both sides are whole numbers from 1 on. */
export function sizeOf(width: unknown, height: unknown): Size | undefined {
  const [columns, rows] = [Number(width), Number(height)];
  return Number.isInteger(columns) && Number.isInteger(rows) && columns > 0 && rows > 0
    ? { width: columns, height: rows }
    : undefined;
}

/**
 * The file of annotations that a path means: itself, or of a folder the one of the usual name, else the only one of its kind in it and below, as
 * `annotations/instances_default.json` of CVAT or `train/_annotations.coco.json` of Roboflow.
 *
 * @throws {SyntaxError} if a folder has none of its kind, or several.
 */
export async function annotationFile(path: string, name: string): Promise<string> {
  if (!(await Deno.stat(path)).isDirectory) return path;
  const extension = name.slice(name.lastIndexOf("."));
  const files = (await listFiles(path, /\.(?:json|xml)$/i)).filter((file) =>
    file.path.toLowerCase().endsWith(extension)
  );
  const usual = files.find((file) => file.path === join(path, name));
  if (usual !== undefined) return usual.path;
  if (files.length === 1) return files[0].path;
  throw new SyntaxError(
    `Cannot read ${path}: ${
      files.length === 0
        ? `there is no ${name} in it`
        : `there is no ${name} in it, but ${files.length} other ${extension} files, such as ${
          files[0].path
        }; give one of them`
    }.`,
  );
}

/** What a JSON file holds. */
export async function readJson(path: string): Promise<unknown> {
  const text = await Deno.readTextFile(path);
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw new SyntaxError(`Cannot read ${path}: it is not JSON.`, { cause: error });
  }
}

/**
 * A list of x, y, x, y, … as the corners of a polygon; a sentence where it is none.
 *
 * @param where what the polygon is of, as the end of a sentence's beginning.
 */
export function ringOf(numbers: readonly unknown[], where: string): Ring | string {
  if (numbers.length >= 6 && numbers.length % 2 === 0 && isNumbers(numbers)) {
    return Array.from(
      { length: numbers.length / 2 },
      (_, i) => [numbers[2 * i], numbers[2 * i + 1]] as const,
    );
  }
  const odd = numbers.find((number) => !Number.isFinite(number));
  const found = odd === undefined ? `it has ${numbers.length} numbers` : `"${odd}" is no number`;
  return `Cannot use a polygon of ${where}: ${found} where x and y of three points at least are wanted.`;
}

/** Names that occur, each once, in their order. */
export function distinct(labels: Iterable<string>): string[] {
  return [...new Set(labels)];
}

/** Shapes that are left out of a photo because their kind marks no area. */
export function leftOut(
  file: string,
  shapes: readonly { readonly label: string; readonly kind: string }[],
): UnusableShapes[] {
  if (shapes.length === 0) return [];
  const kinds = distinct(shapes.map(({ kind }) => kind)).join(", ");
  return [{
    labels: distinct(shapes.map(({ label }) => label)),
    reason: `Cannot use ${shapes.length} shape${shapes.length === 1 ? "" : "s"} of ${
      basename(file)
    }: ${kinds} where a mask or a polygon is wanted.`,
  }];
}
