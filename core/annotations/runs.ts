import type { Region, Size } from "./bitmap.ts";

/** The runs of a region along the rows of its picture: how long each is, the first of background, which may be 0. */
export function rowRuns(region: Region, picture: Size): number[] {
  const { x, y, width, height, data } = region;
  return runs({
    lines: height,
    length: width,
    isCrack: (line, i) => data[line * width + i] !== 0,
    start: (line) => (y + line) * picture.width + x,
    whole: width === picture.width,
    pixels: picture.width * picture.height,
  });
}

/** The same down its columns. */
export function columnRuns(region: Region, picture: Size): number[] {
  const { x, y, width, height, data } = region;
  return runs({
    lines: width,
    length: height,
    isCrack: (line, i) => data[i * width + line] !== 0,
    start: (line) => (x + line) * picture.height + y,
    whole: height === picture.height,
    pixels: picture.width * picture.height,
  });
}

interface Lines {
  readonly lines: number;
  readonly length: number;
  readonly isCrack: (line: number, i: number) => boolean;
  /** Where a line begins among the pixels of the picture. */
  readonly start: (line: number) => number;
  /** Whether a line begins where the one before ends. */
  readonly whole: boolean;
  /** All pixels of the picture. */
  readonly pixels: number;
}

function runs({ lines, length, isCrack, start, whole, pixels }: Lines): number[] {
  const found: number[] = [];
  let begun = 0, crack = false;
  const switchAt = (pixel: number) => {
    found.push(pixel - begun);
    begun = pixel;
    crack = !crack;
  };
  for (let line = 0; line < lines; line++) {
    const first = start(line);
    for (let i = 0; i < length; i++) if (isCrack(line, i) !== crack) switchAt(first + i);
    const end = first + length;
    if (crack && (!whole || line === lines - 1) && end < pixels) switchAt(end);
  }
  if (begun < pixels) found.push(pixels - begun);
  return found;
}

/** The pixels that runs cover, the first of which is of background. */
export function sumOf(runs: readonly number[]): number {
  return runs.reduce((sum, run) => sum + run, 0);
}

/** Calls `paint` with the first pixel and the end of each run of crack. */
export function eachCrackRun(runs: readonly number[], paint: (first: number, end: number) => void): void {
  for (let i = 0, at = 0; i < runs.length; at += runs[i++]) if (i % 2 === 1) paint(at, at + runs[i]);
}
