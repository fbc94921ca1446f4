import { Dialog } from "./dialog.ts";
import { TOOLS } from "./tools.ts";
import { html, type Signal, signal, type VNode } from "./view.ts";

/** Whether the keys are shown. */
export const help: Signal<boolean> = signal(false);

/** What keys do. */
export function Help(): VNode {
  const keys: readonly (readonly [string, string])[] = [
    ...Object.values(TOOLS).map(({ key, title, hint }) => [key.toUpperCase(), `${title}: ${hint}`] as const),
    ["[ ]", "Smaller and larger brush"],
    ["Ctrl Z", "Undo; with Shift, redo"],
    ["Wheel, + −, 0", "Zoom; the whole photo"],
    ["Space", "Hold to move the photo"],
    ["V", "Hold to see the photo alone"],
    ["O", "Outline or area"],
    ["T", "Stages of the label: those of the run, or made here"],
    ["C", "With a run beside: their difference, this run, the one beside"],
    ["A, R, U", "Accept, reject, undecided"],
    ["← →", "Previous and next photo; in the overview, any arrow"],
    [
      "Space, Ctrl A",
      "In the overview: choose a photo besides others; all shown. With Shift, arrows and clicks choose from one to another",
    ],
    ["Ctrl Z", "In the overview: take the last decision back, about however many"],
    ["Enter, Esc", "Open a photo; back to the overview"],
    ["/", "Find a name"],
    ["S", "Save masks, annotations, figures"],
  ];
  return html`
    <${Dialog} name="Keys">
      <h2>Keys</h2>
      <dl class="keys">${keys.map(([key, effect]) =>
        html`
          <div>
            <dt><kbd>${key}</kbd></dt>
            <dd>${effect}</dd>
          </div>
        `
      )}</dl>
      <button type="button" onClick=${() => help.value = false}>Close</button>
      <//>
  ` as VNode;
}
