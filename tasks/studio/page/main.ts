/// <reference lib="dom" />
/**
 * The page's script: finds the workers' scripts in the page, and shows the studio.
 *
 * @module
 */
import { App, listen } from "./app.ts";
import { BrowserStore } from "./browser_store.ts";
import { EngineClient } from "./engine_client.ts";
import { ServerClient } from "./server_client.ts";
import { Studio } from "./studio.ts";
import { Thumbnails } from "./thumbnails.ts";
import { html, render } from "./view.ts";

const scriptOf = (id: string) => document.getElementById(id)!.textContent!;
const engine = new EngineClient(scriptOf("engine"));
// The server says in the page that it is there; a page that is a file has none.
const served = document.querySelector("meta[name=hairline-server]") !== null;
const key = new URL(location.href).searchParams.get("key") ?? "";
const keeper = served ? new ServerClient(key, engine) : new BrowserStore(engine);
// Who doubts the choice makes it: hairline.html#wasm.
const backend = (["webgpu", "wasm"] as const).find((name) => location.hash === `#${name}`);
const studio = new Studio(engine, keeper, backend);
const thumbnails = new Thumbnails(engine, scriptOf("thumbnails"));
listen(studio);
const app = document.getElementById("app")!;
// What is there tells why nothing would be.
app.replaceChildren();
render(html`<${App} studio=${studio} thumbnails=${thumbnails} />`, app);

keeper.onTrouble = (sentence) => studio.notice.value = sentence;
if (keeper instanceof ServerClient) {
  keeper.onForeign = (photo) => {
    if (studio.current.value === photo) {
      studio.notice.value = `${photo.name} was changed in another window: what is done here goes over it.`;
    } else photo.forget();
  };
}

async function begin(): Promise<void> {
  studio.add(await keeper.photos());
  if (keeper instanceof ServerClient) await keeper.follow();
}

begin().catch((error) => studio.complain(error));
