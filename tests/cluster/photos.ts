/** Writes so many small photos of cracks into a folder: deno run --allow-write=DIR tests/cluster/photos.ts DIR COUNT */
import { encodePng } from "../../core/images/encode_png.ts";

const WIDTH = 96, HEIGHT = 80;

/** Bright grain with a dark line three pixels wide that winds from top to bottom, each photo's another: a straight one would be taken for a joint. */
function crackPhoto(seed: number): Promise<Uint8Array<ArrayBuffer>> {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  let state = seed;
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const y = Math.floor(i / WIDTH), middle = WIDTH / 2 + 14 * Math.sin(y / 9 + seed) + 5 * Math.sin(y / 3);
    const dark = Math.abs(i % WIDTH - middle) < 1.5;
    data.fill(dark ? 30 + (state >>> 29) : 170 + (state >>> 27), 3 * i, 3 * i + 3);
  }
  return encodePng({ width: WIDTH, height: HEIGHT, channels: 3, data });
}

const [folder, count] = Deno.args;
await Deno.mkdir(folder, { recursive: true });
for (let i = 1; i <= Number(count); i++) {
  await Deno.writeFile(`${folder}/${String(i).padStart(3, "0")}.png`, await crackPhoto(i));
}
