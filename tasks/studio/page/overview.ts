/// <reference lib="dom" />
import type { Photo } from "./photo.ts";
import type { Studio } from "./studio.ts";
import type { Thumbnails } from "./thumbnails.ts";
import {
  computed,
  html,
  type ReadonlySignal,
  type Signal,
  signal,
  useEffect,
  useRef,
  useSignal,
  type VNode,
} from "./view.ts";

/** The height of a row and the least width of a column, in CSS pixels, and rows that are drawn beyond those that are seen. */
const ROW = 208, COLUMN = 170, BEYOND = 2;

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
} satisfies Record<string, [string, (photo: Photo) => number]>;

const filter: Signal<keyof typeof FILTERS> = signal("all");
const sort: Signal<keyof typeof SORTS> = signal("name");
const search = signal("");
/** The photo that keys work on. */
const focused: Signal<number> = signal(0);

function shareOf({ progress }: Photo): number {
  return progress.value.state === "marked" ? progress.value.crackShare : 0;
}

/** The photos that are chosen, in their order. */
export function listed(photos: ReadonlySignal<readonly Photo[]>): ReadonlySignal<readonly Photo[]> {
  return computed(() => {
    const wanted = search.value.trim().toLowerCase();
    const chosen = photos.value.filter((photo) =>
      photo.name.toLowerCase().includes(wanted) && FILTERS[filter.value][1](photo)
    );
    const [, key] = SORTS[sort.value];
    return chosen.map((photo) => ({ photo, key: key(photo) })).sort((a, b) => a.key - b.key)
      .map(({ photo }) => photo);
  });
}

/** What a key does in the overview; whether it did anything. */
export function overviewKey(studio: Studio, { key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey) return false;
  const list = studio.listed.value;
  const photo = list[focused.value];
  const columns = Number(document.querySelector<HTMLElement>(".grid")?.dataset.columns ?? 1);
  const moves: Readonly<Record<string, number>> = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: columns,
    ArrowUp: -columns,
    Home: -list.length,
    End: list.length,
  };
  if (key in moves) focused.value = Math.max(0, Math.min(list.length - 1, focused.value + moves[key]));
  else if (key === "Enter" && photo !== undefined) studio.current.value = photo;
  else if (key === "a" && photo !== undefined) studio.decide(photo, "accepted");
  else if (key === "r" && photo !== undefined) studio.decide(photo, "rejected");
  else if (key === "u" && photo !== undefined) studio.decide(photo, undefined);
  else if (key === "/") document.getElementById("search")?.focus();
  else return false;
  return true;
}

/** All photos as thumbnails, of which those that are seen are drawn. */
export function Overview(
  { studio, thumbnails }: { readonly studio: Studio; readonly thumbnails: Thumbnails },
): VNode {
  const photos = studio.photos.value;
  const counts = (Object.keys(FILTERS) as (keyof typeof FILTERS)[]).map((name) =>
    [name, photos.filter(FILTERS[name][1]).length] as const
  );
  const choose = (name: keyof typeof SORTS) => {
    sort.value = name;
    if (name === "doubt") studio.askDoubts();
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
                  focused.value = 0;
                }}>${FILTERS[name][0]} <span class="count">${count}</span></button>
            `
          )}
        </div>
        <label>Sort <select id="sort" value=${sort} onChange=${(event: Event) =>
          choose((event.currentTarget as HTMLSelectElement).value as keyof typeof SORTS)}>
          ${(Object.keys(SORTS) as (keyof typeof SORTS)[]).map((name) =>
            html`<option value=${name}>${SORTS[name][0]}</option>`
          )}
        </select></label>
        <input type="search" id="search" placeholder="Find a name" aria-label="Find a name" value=${search}
          onInput=${(event: Event) => search.value = (event.currentTarget as HTMLInputElement).value} />
        <progress max=${photos.length} value=${studio.decided} aria-label="Decided">${studio
          .decided}</progress>
        <span class="hint">${studio.decided} of ${photos.length} decided</span>
      </div>
      <${Grid} studio=${studio} thumbnails=${thumbnails} />
    </section>
  ` as VNode;
}

function Grid({ studio, thumbnails }: { readonly studio: Studio; readonly thumbnails: Thumbnails }): VNode {
  const frame = useRef<HTMLDivElement>(null);
  // By whole rows: between them nothing is drawn anew.
  const topRow = useSignal(0);
  const size = useSignal({ width: 1000, height: 700 });
  useEffect(() => {
    const element = frame.current!;
    const observer = new ResizeObserver(() => {
      size.value = { width: element.clientWidth, height: element.clientHeight };
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const list = studio.listed.value;
  const columns = Math.max(1, Math.floor(size.value.width / COLUMN));
  const rows = Math.ceil(list.length / columns);
  useEffect(() => {
    const element = frame.current!, y = Math.floor(focused.value / columns) * ROW;
    if (y < element.scrollTop) element.scrollTop = y;
    else if (y + ROW > element.scrollTop + element.clientHeight) {
      element.scrollTop = y + ROW - element.clientHeight;
    }
  }, [focused.value, columns]);
  const first = Math.max(0, topRow.value - BEYOND) * columns;
  const seenRows = Math.ceil(size.value.height / ROW) + 1;
  const end = Math.min(list.length, (topRow.value + seenRows + BEYOND) * columns);
  const scroll = ({ currentTarget }: Event) => {
    const { scrollTop, clientHeight } = currentTarget as HTMLElement;
    topRow.value = Math.floor(scrollTop / ROW);
    // Keys work on a photo that is seen.
    const row = Math.floor(focused.value / columns);
    const [least, most] = [
      Math.ceil(scrollTop / ROW),
      Math.max(0, Math.floor((scrollTop + clientHeight) / ROW) - 1),
    ];
    if (row >= least && row <= most) return;
    focused.value = Math.min(
      list.length - 1,
      focused.value % columns + columns * (row < least ? least : most),
    );
  };
  return html`
    <div class="grid" ref=${frame} data-columns=${columns} role="list" tabindex="0" aria-label="Photos"
      onScroll=${scroll}>
      <div class="space" style=${{ height: `${rows * ROW}px` }}>
        ${list.slice(first, end).map((photo, i) => {
          const at = first + i;
          const place = {
            transform: `translate(${(at % columns) * size.value.width / columns}px, ${
              Math.floor(at / columns) * ROW
            }px)`,
            width: `${size.value.width / columns}px`,
            height: `${ROW}px`,
          };
          return html`
            <${Tile} key=${photo
              .name} photo=${photo} thumbnails=${thumbnails} place=${place} focused=${at === focused.value}
              open=${() => {
                focused.value = at;
                studio.current.value = photo;
              }} />
          `;
        })}
      </div>
      ${list.length === 0 && html`<p class="nothing">No photo is like that.</p>`}
    </div>
  ` as VNode;
}

function Tile({ photo, thumbnails, place, focused, open }: {
  readonly photo: Photo;
  readonly thumbnails: Thumbnails;
  readonly place: Readonly<Record<string, string>>;
  readonly focused: boolean;
  readonly open: () => void;
}): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const failed = useSignal(false);
  useEffect(() => {
    const gone = new AbortController();
    thumbnails.draw(photo, canvas.current!, gone.signal).catch(() => {
      failed.value = !gone.signal.aborted;
    });
    return () => gone.abort();
  }, [photo, photo.revision.value]);
  const progress = photo.progress.value, decision = photo.decision.value;
  const state = progress.state === "marked"
    ? `${(100 * progress.crackShare).toFixed(2)} % crack`
    : progress.state === "failed"
    ? "cannot be read"
    : progress.state === "marking"
    ? "looking …"
    : "waiting";
  return html`
    <div class="tile" role="listitem" style=${place}>
      <button type="button" class=${`thumb ${decision ?? ""} ${focused ? "focused" : ""}`} onClick=${open}
        aria-label=${`${photo.name}: ${state}${decision === undefined ? "" : `, ${decision}`}`}>
        <span class="picture">${failed.value
          ? html`<span class="hint">no preview</span>`
          : html`<canvas ref=${canvas}></canvas>`}</span>
        <span class="name">${photo.name}</span>
        <span class="hint">${decision === undefined ? state : `${state} · `}<b>${decision}</b></span>
      </button>
    </div>
  ` as VNode;
}
