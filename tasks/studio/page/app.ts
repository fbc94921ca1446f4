/// <reference lib="dom" />
import { DeskView } from "./desk.ts";
import { DeskControl } from "./desk_control.ts";
import { Help, help } from "./help.ts";
import { listed, Overview, OverviewControl } from "./overview.ts";
import type { Photo } from "./photo.ts";
import { SaveDialog, saving } from "./save_dialog.ts";
import type { Studio } from "./studio.ts";
import type { Thumbnails } from "./thumbnails.ts";
import { effect, html, useMemo, type VNode } from "./view.ts";

let desk: DeskControl | undefined, overview: OverviewControl | undefined;

/** Has keys, dropped and pasted files do what they should. */
export function listen(studio: Studio): void {
  const chosen = listed(studio.photos);
  effect(() => {
    studio.listed.value = chosen.value;
  });
  const typing = ({ target }: Event) =>
    target instanceof HTMLElement &&
    target.matches("input:not([type=range], [type=checkbox]), select, textarea");
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && typing(event)) return (event.target as HTMLElement).blur();
    if (typing(event) || isForControl(event) || studio.photos.value.length === 0) return;
    if (pageKey(studio, event) || (desk ?? overview)?.key(event)) {
      event.preventDefault();
    }
  });
  addEventListener("keyup", (event) => desk?.keyUp(event));
  addEventListener("beforeunload", (event) => {
    if (studio.unsaved) event.preventDefault();
  });
  // A phone ends pages in the background without asking.
  addEventListener("visibilitychange", () => studio.flush());
  const takesFiles = studio.keeper.takeFile !== undefined;
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer !== null && takesFiles) studio.addFiles(event.dataTransfer.files);
  });
  addEventListener("paste", (event) => {
    const files = event.clipboardData?.files;
    if (files !== undefined && files.length > 0 && takesFiles) studio.addFiles(files);
  });
}

/** Whether a key is for the control that the keyboard has reached: it presses it, or moves its slider. A mouse leaves all keys to the photos. */
function isForControl({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement) || !target.matches(":focus-visible")) return false;
  // On a thumbnail they open and choose its photo.
  if (key === "Enter" || key === " ") return target.matches("button:not(.thumb), input");
  return target.matches("input[type=range]") && /^(?:Arrow|Page|Home|End)/.test(key);
}

/** Keys that do the same on the desk and in the overview. */
function pageKey(studio: Studio, { key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey) return false;
  if (key === "?") help.value = !help.value;
  else if (key === "Escape" && help.value) help.value = false;
  else if (key === "s") saving.value = !saving.value;
  else if (key === "Escape" && saving.value) saving.value = false;
  else if (key === "Escape" && desk !== undefined && desk.points.value.length === 0) {
    studio.current.value = undefined;
  } else if (desk !== undefined && (key === "n" || key === "ArrowRight")) studio.step(1);
  else if (desk !== undefined && (key === "ArrowLeft" || key === "N")) studio.step(-1);
  else return false;
  return true;
}

/** The whole page. */
export function App(
  { studio, thumbnails }: { readonly studio: Studio; readonly thumbnails: Thumbnails },
): VNode {
  const photos = studio.photos.value, current = studio.current.value;
  const control = useMemo(() => overview = new OverviewControl(studio), [studio]);
  return html`
    <header>
      <h1>Hairline</h1>
      <${Device} studio=${studio} />
      <span class="hint" role="status" id="saving">${studio.keeper.waits && "Saving …"}</span>
      <span class="gap"></span>
      ${current !== undefined && photos.length > 1 && html`<${Steps} studio=${studio} current=${current} />`}
      ${current !== undefined &&
        html`<button type="button" onClick=${() => studio.current.value = undefined}>Overview</button>`}
      ${photos.length > 0 && studio.keeper.takeFile !== undefined &&
        html`<${Choose} studio=${studio} text="Add photos" />`}
      ${photos.length > 0 &&
        html`<button type="button" aria-pressed=${saving.value} title="Save (S)" onClick=${() =>
          saving.value = !saving.value}>Save …</button>`}
      ${photos.length > 0 && current === undefined && studio.keeper.clear !== undefined &&
        html`<button type="button" onClick=${() => removeAll(studio)}>Remove all</button>`}
      ${photos.length > 0 &&
        html`<button type="button" aria-pressed=${help.value} title="Keys (?)" onClick=${() =>
          help.value = !help.value}>?</button>`}
    </header>
    ${studio.notice.value !== "" && html`<p class="notice" role="alert">${studio.notice}</p>`}
    <main>
      ${photos.length === 0
        ? html`<${Welcome} studio=${studio} />`
        : current === undefined
        ? html`<${Overview} control=${control} thumbnails=${thumbnails} />`
        : html`<${DeskOf} studio=${studio} photo=${current} />`}
    </main>
    ${saving.value && html`<${SaveDialog} studio=${studio} />`}
    ${help.value && html`<${Help} />`}
  ` as VNode;
}

function removeAll(studio: Studio): void {
  const what =
    "Remove all photos from this page, with all that was decided and mended? Nothing of it can be brought back.";
  if (confirm(what)) studio.clear();
}

function DeskOf({ studio, photo }: { readonly studio: Studio; readonly photo: Photo }): VNode {
  const control = useMemo(() => new DeskControl(studio, photo), [photo]);
  desk = control;
  const closed = () => {
    if (desk === control) desk = undefined;
  };
  return html`<${DeskView} key=${photo.name} control=${control} closed=${closed} />` as VNode;
}

function Device({ studio }: { readonly studio: Studio }): VNode {
  const device = studio.device.value;
  if (device === undefined) return html`<span class="device hint">Getting ready …</span>` as VNode;
  if (device instanceof Error) {
    return html`<span class="device warning" role="alert">${device.message}</span>` as VNode;
  }
  const why =
    `${device.reason}. #wasm at the end of this page's address has networks computed by the processor, #webgpu by the adapter.`;
  return html`<span class="device hint" title=${why}>${device.network} on ${
    device.name === "webgpu" ? device.adapter : `the processor (${device.name}); kernels on ${device.adapter}`
  }</span>` as VNode;
}

function Steps({ studio, current }: { readonly studio: Studio; readonly current: Photo }): VNode {
  const list = studio.listed.value;
  const at = list.indexOf(current);
  return html`
    <div class="row steps" role="group" aria-label="Photos">
      <button type="button" disabled=${at === 0} title="Previous (←)" aria-label="Previous photo"
        onClick=${() => studio.step(-1)}>←</button>
      <span class="hint">${at + 1} of ${list.length}</span>
      <button type="button" disabled=${at === list.length - 1} title="Next (→)" aria-label="Next photo"
        onClick=${() => studio.step(1)}>→</button>
    </div>
  ` as VNode;
}

function Choose({ studio, text }: { readonly studio: Studio; readonly text: string }): VNode {
  return html`
    <label class="button">${text}<input type="file" multiple accept="image/*,.tif,.tiff" class="unseen"
      onChange=${(event: Event) =>
        studio.addFiles((event.currentTarget as HTMLInputElement).files ?? [])} /></label>
  ` as VNode;
}

function Welcome({ studio }: { readonly studio: Studio }): VNode {
  return html`
    <section class="welcome">
      <h2>Drop photos of cracks here</h2>
      <p>or paste one, or <${Choose} studio=${studio} text="choose photos" /></p>
      <p
        class="hint">Cracks are marked on this device. No photo leaves it: this page may not send anything anywhere.
        What is done here stays in this browser until it is removed.</p>
    </section>
  ` as VNode;
}
