/// <reference lib="dom" />
import { Dialog } from "./dialog.ts";
import { savable, savePhotos } from "./save.ts";
import { SAVED, type SavedKind } from "./saved.ts";
import type { Studio } from "./studio.ts";
import { html, type Signal, signal, type VNode } from "./view.ts";

/** Whether the dialog is shown. */
export const saving: Signal<boolean> = signal(false);

const kind: Signal<SavedKind> = signal("masks");
const ofAll: Signal<boolean> = signal(true);
/** How many photos are in the file so far, while one is made. */
const done: Signal<number | undefined> = signal(undefined);

/** What can be saved, of the open photo or of all. */
export function SaveDialog({ studio }: { readonly studio: Studio }): VNode {
  const current = studio.current.value, all = ofAll.value || current === undefined;
  const chosen = all ? studio.photos.value : [current];
  const photos = savable(chosen, kind.value);
  // A run of label or predict has its review beside it.
  const kinds = (Object.keys(SAVED) as SavedKind[]).filter((kind) =>
    kind !== "review" || studio.keeper.takeFile !== undefined
  );
  const save = async () => {
    done.value = 0;
    try {
      await savePhotos(studio, photos, { kind: kind.value, onPhoto: (count) => done.value = count });
      saving.value = false;
    } catch (error) {
      studio.complain(error);
    }
    done.value = undefined;
  };
  return html`
    <${Dialog} name="Save">
      <h2>Save</h2>
      <fieldset disabled=${done.value !== undefined}>
        <label>What <select id="saved" onChange=${(event: Event) =>
          kind.value = kinds[(event.currentTarget as HTMLSelectElement).selectedIndex]}>
          ${kinds.map((name) => html`<option selected=${kind.value === name}>${SAVED[name]}</option>`)}
        </select></label>
        ${current !== undefined && studio.photos.value.length > 1 && html`
          <label
            class="check"><input type="checkbox" checked=${ofAll.value} onChange=${() =>
              ofAll.value = !ofAll.value} /> Of all ${studio.photos.value.length} photos</label>
        `}
      </fieldset>
      <p class="hint" role="status">${done.value !== undefined
        ? `${done.value} of ${photos.length} photos …`
        : photos.length === chosen.length
        ? `${photos.length === 1 ? "One photo" : `${photos.length} photos`}.`
        : `${photos.length} of ${chosen.length} photos: what was rejected, or not marked yet, is left out.`}</p>
      <div class="row">
        <button type="button" disabled=${done.value !== undefined || photos.length === 0} onClick=${save}>
          Save the file</button>
        <button type="button" onClick=${() => saving.value = false}>Close</button>
      </div>
      <//>
  ` as VNode;
}
