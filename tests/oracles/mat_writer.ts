import { deflateSync } from "node:zlib";

/** A matrix of numbers, rows first, or a struct of them. */
export type MatSource = readonly (readonly number[])[] | { readonly [field: string]: MatSource };

/** Options of {@linkcode writeMat}. */
export interface WriteMatOptions {
  readonly littleEndian?: boolean;
  readonly compressed?: boolean;
}

/** Writes variables as a MATLAB file of level 5, numbers as doubles that are stored as bytes, as MATLAB does. */
export function writeMat(
  variables: Readonly<Record<string, MatSource>>,
  { littleEndian = true, compressed = false }: WriteMatOptions = {},
): Uint8Array<ArrayBuffer> {
  const words = (...values: number[]): number[] =>
    values.flatMap((value) => {
      const bytes = [value & 255, value >>> 8 & 255, value >>> 16 & 255, value >>> 24];
      return littleEndian ? bytes : bytes.reverse();
    });
  const element = (code: number, content: readonly number[]): number[] => {
    if (content.length > 0 && content.length <= 4 && code !== 14) {
      const padding = Array<number>(4 - content.length).fill(0);
      return [...words(content.length << 16 | code), ...content, ...padding];
    }
    const padding = Array<number>((8 - content.length % 8) % 8).fill(0);
    return [...words(code, content.length), ...content, ...padding];
  };
  const text = (value: string): number[] => Array.from(value, (character) => character.charCodeAt(0));
  const matrix = (name: string, source: MatSource): number[] => {
    const head = (kind: number, rows: number, columns: number) => [
      ...element(6, words(kind, 0)),
      ...element(5, words(rows, columns)),
      ...element(1, text(name)),
    ];
    if (Array.isArray(source)) {
      const rows: number[][] = source;
      const columns = rows[0].map((_, x) => rows.map((row) => row[x])).flat();
      return element(14, [...head(6, rows.length, rows[0].length), ...element(2, columns)]);
    }
    const fields = Object.entries(source);
    const names = fields.flatMap(([field]) => text(field.padEnd(32, "\0")));
    return element(14, [
      ...head(2, 1, 1),
      ...element(5, words(32)),
      ...element(1, names),
      ...fields.flatMap(([, value]) => matrix("", value)),
    ]);
  };
  const header = [
    ...text("MATLAB 5.0 MAT-file".padEnd(124)),
    ...(littleEndian ? [0, 1, ...text("IM")] : [1, 0, ...text("MI")]),
  ];
  const body = Object.entries(variables).flatMap(([name, source]) => {
    if (!compressed) return matrix(name, source);
    const content = deflateSync(Uint8Array.from(matrix(name, source)));
    return [...words(15, content.length), ...content];
  });
  return Uint8Array.from([...header, ...body]);
}
