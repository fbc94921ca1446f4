/**
 * Takes connected pixels, of eight neighbours, out of a mask where they are fewer than `least`.
 *
 * @param mask 1 for crack, else 0, row-major; altered in place.
 * @returns 1 where a pixel was taken out.
 */
export function dropSpecks(
  mask: Uint8Array,
  { width, height, least }: { readonly width: number; readonly height: number; readonly least: number },
): Uint8Array {
  const seen = new Uint8Array(mask.length), dropped = new Uint8Array(mask.length);
  const group: number[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0 || seen[start] === 1) continue;
    group.length = 0;
    group.push(start);
    seen[start] = 1;
    for (let i = 0; i < group.length; i++) {
      const x = group[i] % width, y = Math.floor(group[i] / width);
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const pixel = v * width + u;
          if (mask[pixel] === 0 || seen[pixel] === 1) continue;
          seen[pixel] = 1;
          group.push(pixel);
        }
      }
    }
    if (group.length >= least) continue;
    for (const pixel of group) {
      mask[pixel] = 0;
      dropped[pixel] = 1;
    }
  }
  return dropped;
}
