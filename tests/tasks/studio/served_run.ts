/**
 * The studio's server in a process of its own, which tests kill: `served_run.ts RUN PAGE PORT` prints its link.
 *
 * @module
 */
import { serveStudio } from "../../../tasks/studio/serve_studio.ts";
import { StudioRun } from "../../../tasks/studio/studio_run.ts";

const [run, page, port] = Deno.args;
const server = serveStudio(await StudioRun.open(run), {
  page: await Deno.readTextFile(page),
  port: Number(port),
});
console.log(server.link);
await server.finished;
