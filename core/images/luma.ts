/**
 * How bright a pixel of upright RGB or RGBA is to the eye, 0..255: its luma by ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B.
 *
 * @param at where its red value stands.
 */
export function luma(data: ArrayLike<number>, at: number): number {
  return 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
}
