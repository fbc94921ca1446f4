/// <reference lib="dom" />
import { shown } from "./beside.ts";
import type { Choice } from "./choice.ts";
import type { Photo } from "./photo.ts";
import type { Studio } from "./studio.ts";
import type { Thumbnails } from "./thumbnails.ts";
import { html, useEffect, useRef, useSignal, type VNode } from "./view.ts";

/** The height of a row and the least width of a column, in CSS pixels, and rows that are drawn beyond those that are seen. */
const ROW = 208, COLUMN = 170, BEYOND = 2;

/** The thumbnails that are seen, of all that are listed. */
export function Grid({ studio, choice, thumbnails }: {
  readonly studio: Studio;
  readonly choice: Choice;
  readonly thumbnails: Thumbnails;
}): VNode {
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
  const list = studio.listed.value, focused = choice.focused.value;
  const columns = Math.max(1, Math.floor(size.value.width / COLUMN));
  const rows = Math.ceil(list.length / columns);
  useEffect(() => {
    const element = frame.current!, y = Math.floor(focused / columns) * ROW;
    if (y < element.scrollTop) element.scrollTop = y;
    else if (y + ROW > element.scrollTop + element.clientHeight) {
      element.scrollTop = y + ROW - element.clientHeight;
    }
  }, [focused, columns]);
  const first = Math.max(0, topRow.value - BEYOND) * columns;
  const seenRows = Math.ceil(size.value.height / ROW) + 1;
  const end = Math.min(list.length, (topRow.value + seenRows + BEYOND) * columns);
  const scroll = ({ currentTarget }: Event) => {
    const { scrollTop, clientHeight } = currentTarget as HTMLElement;
    topRow.value = Math.floor(scrollTop / ROW);
    // Keys work on a photo that is seen.
    const row = Math.floor(focused / columns);
    const [least, most] = [
      Math.ceil(scrollTop / ROW),
      Math.max(0, Math.floor((scrollTop + clientHeight) / ROW) - 1),
    ];
    if (row >= least && row <= most) return;
    choice.focus(list, focused % columns + columns * (row < least ? least : most));
  };
  const press = (at: number) => ({ shiftKey, ctrlKey, metaKey }: MouseEvent) => {
    if (shiftKey) choice.focus(list, at, { extend: true });
    else if (ctrlKey || metaKey) choice.toggle(list, at);
    else {
      choice.focus(list, at);
      studio.current.value = list[at];
    }
  };
  // The keyboard reaches thumbnails by Tab, too.
  const reach = (at: number) => ({ currentTarget }: FocusEvent) => {
    if ((currentTarget as HTMLElement).matches(":focus-visible")) choice.focus(list, at);
  };
  return html`
    <div class="grid" ref=${frame} data-columns=${columns} role=${list.length === 0 ? "group" : "list"}
      tabindex="0" aria-label="Photos" onScroll=${scroll}>
      <div class="space" style=${{ height: `${rows * ROW}px` }}>
        ${list.slice(first, end).map((photo, i) => {
          const at = first + i;
          const style = {
            transform: `translate(${(at % columns) * size.value.width / columns}px, ${
              Math.floor(at / columns) * ROW
            }px)`,
            width: `${size.value.width / columns}px`,
            height: `${ROW}px`,
          };
          return html`
            <${Tile} key=${photo.name} photo=${photo} thumbnails=${thumbnails} place=${{
              at,
              of: list.length,
              style,
            }}
              focused=${at === focused} chosen=${choice.has(photo)} press=${press(at)} reach=${reach(at)}
              toggle=${() => choice.toggle(list, at)} />
          `;
        })}
      </div>
      ${list.length === 0 && html`<p class="nothing" role="status">No photo is like that.</p>`}
    </div>
  ` as VNode;
}

function Tile({ photo, thumbnails, place, focused, chosen, press, reach, toggle }: {
  readonly photo: Photo;
  readonly thumbnails: Thumbnails;
  /** Its number in the list, and where it is drawn. */
  readonly place: {
    readonly at: number;
    readonly of: number;
    readonly style: Readonly<Record<string, string>>;
  };
  readonly focused: boolean;
  readonly chosen: boolean;
  readonly press: (event: MouseEvent) => void;
  readonly reach: (event: FocusEvent) => void;
  readonly toggle: () => void;
}): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const failed = useSignal(false);
  useEffect(() => {
    const gone = new AbortController();
    thumbnails.draw(photo, canvas.current!, gone.signal).catch(() => {
      failed.value = !gone.signal.aborted;
    });
    return () => gone.abort();
  }, [photo, photo.revision.value, photo.source.beside && shown.value]);
  const progress = photo.progress.value, decision = photo.decision.value, agreement = photo.agreement.value;
  const state = progress.state === "failed"
    ? "not marked"
    : progress.state !== "marked"
    ? progress.state === "marking" ? "looking …" : "waiting"
    : agreement === undefined
    ? `${(100 * progress.crackShare).toFixed(2)} % crack`
    : `${(100 * agreement).toFixed(1)} % agree`;
  const classes = `thumb ${decision ?? ""} ${focused ? "focused" : ""} ${chosen ? "is-chosen" : ""}`;
  return html`
    <div class="tile" role="listitem" aria-posinset=${place.at + 1} aria-setsize=${place.of} style=${place
      .style}>
      <button type="button" class=${classes} onClick=${press} onFocus=${reach}>
        <span class="picture">${failed.value
          ? html`<span class="hint">no preview</span>`
          : html`<canvas ref=${canvas}></canvas>`}</span>
        <span class="name">${photo.name}</span>
        <span class="hint state"><span>${state}</span> <b>${decision}</b></span>
      </button>
      <input type="checkbox" class="choose" tabindex="-1" checked=${chosen} onChange=${toggle}
        aria-label=${`Choose ${photo.name}`} />
    </div>
  ` as VNode;
}
