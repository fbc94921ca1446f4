import { connectedPixels } from "../../predict/connected_pixels.ts";

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
  const dropped = new Uint8Array(mask.length);
  for (const group of connectedPixels(mask, { width, height })) {
    if (group.length >= least) continue;
    for (const pixel of group) {
      mask[pixel] = 0;
      dropped[pixel] = 1;
    }
  }
  return dropped;
}
