/// <reference lib="dom" />
import type { StagePicture } from "./engine_protocol.ts";

/** What a step of a label sees. */
export interface Stage {
  readonly title: string;
  /** What is to be seen in it. */
  readonly note: string;
  /** Its picture, which is made anew each time: none is held that is not shown. */
  picture(options?: ImageBitmapOptions): Promise<ImageBitmap>;
}

/** A stage that was made in the page. */
export function madeStage({ title, note, width, height, data }: StagePicture): Stage {
  const picture = (options?: ImageBitmapOptions) => {
    const image = new ImageData(width, height);
    const words = new Uint32Array(image.data.buffer);
    for (let i = 0; i < data.length; i++) words[i] = 0xff000000 | (data[i] * 0x010101);
    return createImageBitmap(image, options);
  };
  return { title, note, picture };
}

/** A stage that a run kept, by its key: `patch-map` is called Patch map. */
export function keptStage(key: string, file: () => Promise<Blob>): Stage {
  return {
    title: key.charAt(0).toUpperCase() + key.slice(1).replaceAll("-", " "),
    note: `As the run kept it: ${key}.png`,
    picture: async (options) => await createImageBitmap(await file(), options),
  };
}
