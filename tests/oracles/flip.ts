import type { PlaneSource } from "../../core/gpu/compute.ts";

/** An image with its columns, its rows or both in reverse order. */
export function flipOracle(
  { width, height, channels, data }: PlaneSource,
  { across = false, down = false }: { readonly across?: boolean; readonly down?: boolean },
): number[] {
  const rows = Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const first = (y * width + x) * channels;
      return [...data.subarray(first, first + channels)];
    }));
  if (across) { for (const row of rows) row.reverse(); }
  return (down ? rows.reverse() : rows).flat(2);
}
