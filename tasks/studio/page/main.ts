/// <reference lib="dom" />
/**
 * The page's script: finds the worker's script in the page, and shows the studio.
 *
 * @module
 */
import { App, listen } from "./app.ts";
import { EngineClient } from "./engine_client.ts";
import { ServerClient } from "./server_client.ts";
import { Studio } from "./studio.ts";
import { Thumbnails } from "./thumbnails.ts";
import { html, render } from "./view.ts";

const engine = new EngineClient(document.getElementById("engine")!.textContent!);
// The server says in the page that it is there; a page that is a file has none.
const served = document.querySelector("meta[name=hairline-server]") !== null;
const server = served
  ? new ServerClient(new URL(location.href).searchParams.get("key") ?? "", engine)
  : undefined;
const studio = new Studio(engine, server);
const thumbnails = new Thumbnails(engine);
listen(studio);
const app = document.getElementById("app")!;
// What is there tells why nothing would be.
app.replaceChildren();
render(html`<${App} studio=${studio} thumbnails=${thumbnails} />`, app);

if (server !== undefined) {
  server.onConnection = (sentence) => studio.notice.value = sentence;
  server.onForeign = (photo) => {
    if (studio.current.value === photo) {
      studio.notice.value = `${photo.name} was changed in another window: what is done here goes over it.`;
    } else photo.forget();
  };
  server.photos().then((photos) => {
    studio.add(photos);
    return server.follow();
  }).catch((error) => studio.complain(error));
}
