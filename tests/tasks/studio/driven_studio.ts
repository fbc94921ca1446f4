import type { Page } from "../../chromium.ts";
import { testImage } from "../../core/testing.ts";

/** The size of {@linkcode drawnPhoto}. */
export const WIDTH = 161, HEIGHT = 99;

/** True once a photo is on the desk. */
export const READY = `document.querySelector(".panel") && !document.querySelector(".busy")`;

/** A crack from top to bottom on texture, opaque. */
export function drawnPhoto(): ImageData {
  const { data } = testImage(WIDTH, HEIGHT, 1, "crack", 7);
  const pixels = new Uint8ClampedArray(4 * WIDTH * HEIGHT).fill(255);
  data.forEach((value, i) => pixels.fill(value, 4 * i, 4 * i + 3));
  return new ImageData(pixels, WIDTH, HEIGHT);
}

/** The mask that the desk shows: 1 for crack. */
export async function shownMask(page: Page): Promise<number[]> {
  return (await shownColours(page)).map((colour) => colour === 0 ? 0 : 1);
}

/** The colours of the pixels that the desk shows over a photo, as 0xBBGGRR; 0 where there is none. */
export async function shownColours(page: Page): Promise<number[]> {
  return await page.evaluate(`{
    const mask = document.querySelector("canvas.mask");
    const copy = new OffscreenCanvas(mask.width, mask.height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(mask, 0, 0);
    const { data } = copy.getImageData(0, 0, mask.width, mask.height);
    [...new Uint32Array(data.buffer)].map((colour) => colour & 0xffffff);
  }`) as number[];
}

/** Where in the window a place of the photo is shown. */
export async function onScreen(page: Page, x: number, y: number): Promise<[number, number]> {
  return await page.evaluate(`{
    const mask = document.querySelector("canvas.mask");
    const { left, top, width } = mask.getBoundingClientRect();
    const scale = width / mask.width;
    [left + ${x + 0.5} * scale, top + ${y + 0.5} * scale];
  }`) as [number, number];
}

/** Presses the button that begins with a text. */
export async function pressButton(page: Page, text: string): Promise<void> {
  await page.evaluate(
    `[...document.querySelectorAll("button")].find(({ textContent }) => textContent.trim().startsWith("${text}")).click()`,
  );
}

/** Waits until a condition holds, for a minute at most. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !await condition();) {
    if (Date.now() > end) throw new Error(`Cannot wait longer until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
