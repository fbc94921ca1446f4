import type { Photo } from "./photo.ts";
import { type Signal, signal } from "./view.ts";

/** The photos of the overview that keys and buttons work on: the focused one, or those that were chosen, if any are. */
export class Choice {
  /** The place of the focused photo in the list. */
  readonly focused: Signal<number> = signal(0);
  readonly #chosen: Signal<ReadonlySet<Photo>> = signal(new Set());
  /** Where a range that is being chosen began. */
  #anchor = 0;

  has(photo: Photo): boolean {
    return this.#chosen.value.has(photo);
  }

  /** The chosen photos of a list: what is not shown any more is not decided about. */
  in(list: readonly Photo[]): readonly Photo[] {
    return this.#chosen.value.size === 0 ? [] : list.filter((photo) => this.has(photo));
  }

  /** Moves the focus; with `extend`, all from where it was set last to there are chosen. */
  focus(list: readonly Photo[], to: number, { extend = false } = {}): void {
    const at = Math.max(0, Math.min(list.length - 1, to));
    this.focused.value = at;
    if (!extend) this.#anchor = at;
    else this.#chosen.value = new Set(list.slice(Math.min(this.#anchor, at), Math.max(this.#anchor, at) + 1));
  }

  /** Chooses a photo besides the others, or no more. */
  toggle(list: readonly Photo[], at: number): void {
    const photo = list[at];
    if (photo === undefined) return;
    this.focus(list, at);
    const chosen = new Set(this.#chosen.value);
    if (!chosen.delete(photo)) chosen.add(photo);
    this.#chosen.value = chosen;
  }

  all(list: readonly Photo[]): void {
    this.#chosen.value = new Set(list);
  }

  none(): void {
    this.#chosen.value = new Set();
  }
}
