/** Fetches a file as a task that starts beside others does, and prints how many bytes it has: `URL FOLDER`. */
import { fetchFile } from "../../../tasks/files/fetch_file.ts";

const [url, cache] = Deno.args;
console.log((await fetchFile(new URL(url), { script: "tasks/label.ts", cache })).length);
