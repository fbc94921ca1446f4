import { encodePng } from "../../core/images/encode_png.ts";

/** The PNG of a small photo: bright grain (from `seed`) with a dark line two pixels wide down its middle. */
export function crackPhoto(width: number, height: number, seed: number): Promise<Uint8Array<ArrayBuffer>> {
  const data = new Uint8Array(width * height * 3);
  let state = seed;
  for (let i = 0; i < width * height; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const dark = Math.abs(i % width - width / 2) < 1;
    data.fill(dark ? 30 + (state >>> 29) : 170 + (state >>> 27), 3 * i, 3 * i + 3);
  }
  return encodePng({ width, height, channels: 3, data });
}
