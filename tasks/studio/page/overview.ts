/// <reference lib="dom" />
import { SHOWN, type Shown, shown, showNext } from "./beside.ts";
import { Choice } from "./choice.ts";
import { Decisions } from "./decisions.ts";
import { Grid } from "./grid.ts";
import type { Decision, Photo } from "./photo.ts";
import type { Studio } from "./studio.ts";
import type { Thumbnails } from "./thumbnails.ts";
import { computed, html, type ReadonlySignal, type Signal, signal, useEffect, type VNode } from "./view.ts";

const FILTERS = {
  all: ["All", () => true],
  undecided: ["Undecided", (photo) => photo.decision.value === undefined],
  accepted: ["Accepted", (photo) => photo.decision.value === "accepted"],
  corrected: ["Corrected", (photo) => photo.decision.value === "corrected"],
  rejected: ["Rejected", (photo) => photo.decision.value === "rejected"],
} satisfies Record<string, [string, (photo: Photo) => boolean]>;

const SORTS = {
  name: ["Name", () => 0],
  crack: ["Most crack", (photo) => -shareOf(photo)],
  doubt: ["Least sure first", (photo) => -(photo.doubt.value ?? -1)],
  agreement: ["Least agreement first", (photo) => photo.agreement.value ?? 2],
} satisfies Record<string, [string, (photo: Photo) => number]>;

/** Keys that decide, and their buttons. */
const DECIDE: Readonly<Record<string, readonly [decision: Decision | undefined, text: string]>> = {
  a: ["accepted", "Accept"],
  r: ["rejected", "Reject"],
  u: [undefined, "Undecided"],
};

const filter: Signal<keyof typeof FILTERS> = signal("all");
const sort: Signal<keyof typeof SORTS> = signal("name");
const search = signal("");

function shareOf({ progress }: Photo): number {
  return progress.value.state === "marked" ? progress.value.crackShare : 0;
}

/** The photos that are shown, in their order. */
export function listed(photos: ReadonlySignal<readonly Photo[]>): ReadonlySignal<readonly Photo[]> {
  return computed(() => {
    const wanted = search.value.trim().toLowerCase();
    const shown = photos.value.filter((photo) =>
      photo.name.toLowerCase().includes(wanted) && FILTERS[filter.value][1](photo)
    );
    const [, key] = SORTS[sort.value];
    return shown.map((photo) => ({ photo, key: key(photo) })).sort((a, b) => a.key - b.key)
      .map(({ photo }) => photo);
  });
}

/** The overview: what its keys and buttons do. */
export class OverviewControl {
  readonly studio: Studio;
  readonly choice: Choice = new Choice();
  readonly decisions: Decisions;

  constructor(studio: Studio) {
    this.studio = studio;
    this.decisions = new Decisions(studio);
  }

  /** The photos that are chosen, of those shown. */
  get chosen(): readonly Photo[] {
    return this.choice.in(this.studio.listed.value);
  }

  /** Whether another run lies beside. */
  get hasBeside(): boolean {
    return this.studio.photos.value.some(({ source }) => source.beside !== undefined);
  }

  /** Decides about the chosen photos; where none is, about the focused one. */
  decide(decision: Decision | undefined): void {
    const list = this.studio.listed.value, { chosen } = this;
    const photos = chosen.length > 0 ? chosen : list.slice(this.choice.focused.value).slice(0, 1);
    this.decisions.take(photos, decision);
    this.choice.focus(this.studio.listed.value, this.choice.focused.value);
  }

  /** What a key does; whether it did anything. */
  key({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
    const { studio: { listed: { value: list } }, choice } = this;
    const at = choice.focused.value;
    if (ctrlKey || metaKey) {
      if (key === "a") choice.all(list);
      else return key === "z" && this.decisions.undo();
      return true;
    }
    if (altKey) return false;
    const columns = Number(document.querySelector<HTMLElement>(".grid")?.dataset.columns ?? 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columns,
      ArrowUp: -columns,
      Home: -list.length,
      End: list.length,
    };
    if (key in moves) choice.focus(list, at + moves[key], { extend: shiftKey });
    else if (key in DECIDE) this.decide(DECIDE[key][0]);
    else if (key === " ") choice.toggle(list, at);
    else if (key === "Enter" && at < list.length) this.studio.current.value = list[at];
    else if (key === "Escape" && this.chosen.length > 0) choice.none();
    else if (key === "c" && this.hasBeside) showNext();
    else if (key === "/") document.getElementById("search")?.focus();
    else return false;
    return true;
  }
}

/** All photos as thumbnails, of which those that are seen are drawn. */
export function Overview(
  { control, thumbnails }: { readonly control: OverviewControl; readonly thumbnails: Thumbnails },
): VNode {
  const { studio, choice, hasBeside } = control;
  useEffect(() => control.decisions.resume(), []);
  const photos = studio.photos.value;
  const counts = (Object.keys(FILTERS) as (keyof typeof FILTERS)[]).map((name) =>
    [name, photos.filter(FILTERS[name][1]).length] as const
  );
  const sortBy = (name: keyof typeof SORTS) => {
    sort.value = name;
    if (name === "doubt" || name === "agreement") studio.askFor(name);
  };
  return html`
    <section class="overview" aria-label="Overview">
      <div class="bar">
        <div class="row filters" role="group" aria-label="Filter">
          ${counts.map(([name, count]) =>
            html`
              <button type="button" aria-pressed=${filter.value === name}
                onClick=${() => {
                  filter.value = name;
                  choice.focus(studio.listed.value, 0);
                }}>${FILTERS[name][0]} <span class="count">${count}</span></button>
            `
          )}
        </div>
        <label>Sort <select id="sort" value=${sort} onChange=${(event: Event) =>
          sortBy((event.currentTarget as HTMLSelectElement).value as keyof typeof SORTS)}>
          ${(Object.keys(SORTS) as (keyof typeof SORTS)[]).filter((name) => hasBeside || name !== "agreement")
            .map((name) => html`<option value=${name}>${SORTS[name][0]}</option>`)}
        </select></label>
        ${hasBeside && html`
          <label>Show <select id="shown" value=${shown} onChange=${(event: Event) => {
            shown.value = (event.currentTarget as HTMLSelectElement).value as Shown;
          }}>${Object.entries(SHOWN).map(([name, text]) =>
            html`<option value=${name}>${text}</option>`
          )}</select></label>
        `}
        <input type="search" id="search" placeholder="Find a name" aria-label="Find a name" value=${search}
          onInput=${(event: Event) => search.value = (event.currentTarget as HTMLInputElement).value} />
        <span class="row progress"><progress max=${photos.length} value=${studio
          .decided} aria-label="Decided">${studio
          .decided}</progress>
        <span class="hint">${studio.decided} of ${photos.length} decided</span></span>
      </div>
      <${Grid} studio=${studio} choice=${choice} thumbnails=${thumbnails} />
      <${Chosen} control=${control} />
    </section>
  ` as VNode;
}

/** What can be done with the photos that are chosen. */
function Chosen({ control }: { readonly control: OverviewControl }): VNode | null {
  const { chosen, choice, studio } = control;
  if (chosen.length === 0) return null;
  return html`
    <div class="chosen row" role="toolbar" aria-label="Chosen photos">
      <span role="status"><b>${chosen.length}</b> chosen</span>
      ${Object.entries(DECIDE).map(([key, [decision, text]]) =>
        html`<button type="button" onClick=${() =>
          control.decide(decision)}>${text} <kbd>${key.toUpperCase()}</kbd></button>`
      )}
      <button type="button" onClick=${() =>
        choice.all(studio.listed.value)}>All shown <kbd>Ctrl A</kbd></button>
      <button type="button" onClick=${() => choice.none()}>None <kbd>Esc</kbd></button>
    </div>
  ` as VNode;
}
