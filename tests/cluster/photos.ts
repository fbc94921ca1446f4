/** Writes so many small photos of cracks into a folder: deno run --allow-read=. --allow-write=DIR tests/cluster/photos.ts DIR COUNT */
import { crackPhoto } from "../tasks/crack_photo.ts";

const [folder, count] = Deno.args;
await Deno.mkdir(folder, { recursive: true });
for (let i = 1; i <= Number(count); i++) {
  await Deno.writeFile(`${folder}/${String(i).padStart(3, "0")}.png`, await crackPhoto(96, 80, i));
}
