/// <reference lib="dom" />
import type { CrackMeasurement } from "../../../core/measure/crack_measurement.ts";
import { SHOWN, type Shown, shown } from "./beside.ts";
import { brushSize, colour, type DeskControl, opacity, outline, scale, tool } from "./desk_control.ts";
import type { OpenedPhoto } from "./photo.ts";
import { TOOLS } from "./tools.ts";
import { html, useMemo, type VNode } from "./view.ts";
import { COLOURS, DIFFERENCE } from "./viewer.ts";

/** What is known of the photo, and what can be set. */
export function Panel(
  { control, opened }: { readonly control: DeskControl; readonly opened: OpenedPhoto },
): VNode {
  const { photo } = control;
  void photo.revision.value;
  const { edits } = opened, { confidence } = edits;
  const share = useMemo(() => edits.crackPixels / (edits.width * edits.height), [
    photo.revision.value,
    edits,
  ]);
  const progress = photo.progress.value;
  const percent = Math.round(100 * (edits.threshold ?? 0.5));
  const number = (event: Event) => (event.currentTarget as HTMLInputElement).valueAsNumber;
  return html`
    <aside class="panel" aria-label="Photo">
      <h2>${photo.name}</h2>
      <p class="figures"><b>${(100 * share).toFixed(2)} %</b> crack, ${edits.width} × ${edits
        .height} pixels</p>
      ${progress.state === "marked" && progress.warning !== undefined &&
        html`<p class="warning">${progress.warning}</p>`}
      <${Decisions} control=${control} />

      <fieldset disabled=${confidence === undefined}>
        <legend>Threshold</legend>
        <label>Crack is what is surer than <output>${percent} %</output>
          <input type="range" id="threshold" min="0" max="99" value=${percent}
            onInput=${(event: Event) => control.slide(number(event) / 100, false)}
            onChange=${(event: Event) => control.slide(number(event) / 100, true)} />
        </label>
        <button type="button" disabled=${edits.threshold === undefined} onClick=${() =>
          control.slide(undefined, true)}>As found</button>
      </fieldset>

      <fieldset>
        <legend>Mask</legend>
        <label>Opacity <output>${opacity} %</output>
          <input type="range" id="opacity" min="0" max="100" value=${opacity}
            onInput=${(event: Event) => opacity.value = number(event)} />
        </label>
        <label class="check"><input type="checkbox" checked=${outline.value} onChange=${() =>
          control.toggleOutline()} /> Outline only <kbd>O</kbd></label>
        <label>Colour
          <select value=${colour} onChange=${(event: Event) =>
            control.recolour((event.currentTarget as HTMLSelectElement).value as keyof typeof COLOURS)}>
            ${Object.keys(COLOURS).map((name) => html`<option value=${name}>${name}</option>`)}
          </select>
        </label>
        <label>Brush <output>${brushSize} px</output>
          <input type="range" id="brush" min="1" max="60" value=${brushSize}
            onInput=${(event: Event) => brushSize.value = number(event)} />
        </label>
        <p class="hint">Hold <kbd>V</kbd> to see the photo alone.</p>
      </fieldset>

      ${photo.source.beside !== undefined && html`<${Beside} control=${control} opened=${opened} />`}

      <${Measure} control=${control} />

      <${LookAgain} control=${control} />

      <${StagesOf} control=${control} />
    </aside>
  ` as VNode;
}

/** The sides of the photo at which it is looked at first, over its own. */
const SCALES: readonly (readonly [scale: number | undefined, name: string])[] = [
  [undefined, "by its detail"],
  [2, "2 : 1"],
  [1, "1 : 1"],
  [0.5, "1 : 2"],
  [0.25, "1 : 4"],
];

function LookAgain({ control }: { readonly control: DeskControl }): VNode {
  const { box } = control;
  const setScale = (event: Event) => {
    scale.value = SCALES[(event.currentTarget as HTMLSelectElement).selectedIndex][0];
  };
  return html`
    <fieldset disabled=${control.busy.value}>
      <legend>Look again</legend>
      <label>Largest scale
        <select id="scale" onChange=${setScale}>
          ${SCALES.map(([value, name]) => html`<option selected=${scale.value === value}>${name}</option>`)}
        </select>
      </label>
      <p class="hint">${box === undefined
        ? html`All of the photo; <kbd>X</kbd> draws a box to look at.`
        : `In the box of ${box.width} × ${box.height} pixels.`}</p>
      <div class="row">
        <button type="button" title="Leave out pieces that can be no crack" onClick=${() =>
          control.lookAgain("label")}>Label</button>
        <button type="button" title="Show all that the network sees" onClick=${() =>
          control.lookAgain("predict")}>Predict</button>
      </div>
    </fieldset>
  ` as VNode;
}

/** Opens what the steps of a label see: as the run kept it, or made here. */
function StagesOf({ control }: { readonly control: DeskControl }): VNode {
  const { found, stages } = control.photo.source;
  return html`
    <fieldset disabled=${control.busy.value}>
      <legend>Stages of the label <kbd>T</kbd></legend>
      ${stages === undefined && found !== undefined && control.studio.keeper.takeFile === undefined &&
        html`<p class="hint">The run kept none; <code>label --stages</code> keeps them. They can be made here.</p>`}
      <div class="row">
        ${stages !== undefined &&
          html`<button type="button" title="Show them as the run kept them" onClick=${() =>
            control.openStages()}>Of the run</button>`}
        <button type="button" title="Label the photo on this page, and show what each step sees" onClick=${() =>
          control.makeStages()}>Make them here</button>
      </div>
    </fieldset>
  ` as VNode;
}

/** What is shown of the masks of two runs. */
function Beside({ control, opened }: { readonly control: DeskControl; readonly opened: OpenedPhoto }): VNode {
  const hint = opened.beside === undefined
    ? html`<p class="hint">The run beside has no mask of this size.</p>`
    : shown.value === "difference" && html`
      <ul class="legend">${Object.entries(DIFFERENCE).map(([what, name]) =>
        html`<li><span style=${{ background: `rgb(${COLOURS[name].join(" ")})` }}></span>${what}</li>`
      )}</ul>
    `;
  return html`
    <fieldset>
      <legend>Two runs</legend>
      <label>Show <kbd>C</kbd>
        <select id="shown" value=${shown} onChange=${(event: Event) =>
          control.compare((event.currentTarget as HTMLSelectElement).value as Shown)}>
          ${Object.entries(SHOWN).map(([name, text]) => html`<option value=${name}>${text}</option>`)}
        </select>
      </label>
      ${hint}
    </fieldset>
  ` as VNode;
}

function Decisions({ control }: { readonly control: DeskControl }): VNode {
  const { photo } = control;
  const decision = photo.decision.value;
  return html`
    <div class="row decisions" role="group" aria-label="Decision">
      <button type="button" class="accept" aria-pressed=${decision === "accepted" || decision === "corrected"}
        onClick=${() => control.decide("accepted")}>${decision === "corrected"
          ? "Corrected"
          : "Accept"} <kbd>A</kbd></button>
      <button type="button" class="reject" aria-pressed=${decision === "rejected"}
        onClick=${() => control.decide("rejected")}>Reject <kbd>R</kbd></button>
    </div>
  ` as VNode;
}

/** The distance of two points, the scale that it gives, and the figures of the cracks. */
function Measure({ control }: { readonly control: DeskControl }): VNode {
  const { photo } = control;
  const points = tool.value === "measure" ? control.points.value : [];
  const length = points.length === 2
    ? Math.hypot(points[0].x - points[1].x, points[0].y - points[1].y)
    : undefined;
  const scale = photo.mmPerPixel.value;
  const setScale = (event: Event) => {
    const millimetres = (event.currentTarget as HTMLInputElement).valueAsNumber;
    if (length === undefined || !(millimetres > 0)) return;
    photo.mmPerPixel.value = millimetres / length;
    control.measured.value = undefined;
    control.studio.keep(photo);
  };
  return html`
    <fieldset>
      <legend>Measure</legend>
      ${length === undefined ? html`<p class="hint">${TOOLS.measure.hint} <kbd>M</kbd></p>` : html`
        <p class="figures" id="length"><b>${length.toFixed(1)} pixels</b>${scale !== undefined &&
          `, ${(length * scale).toFixed(1)} mm`}</p>
        <label>It is so many millimetres long
          <input type="number" min="0" step="any" onChange=${setScale} />
        </label>
      `}
      ${scale !== undefined && html`<p class="hint">A pixel is ${scale.toPrecision(3)} mm.</p>`}
      <button type="button" disabled=${control.busy.value} onClick=${() => control.measure()}>
        Measure all cracks</button>
      <${Cracks} measurement=${control.measured.value} />
    </fieldset>
  ` as VNode;
}

/** Cracks that are listed: the longest. */
const LISTED = 5;

function Cracks({ measurement }: { readonly measurement: CrackMeasurement | undefined }): VNode | null {
  if (measurement === undefined) return null;
  const { cracks, length, mmPerPixel } = measurement;
  const unit = mmPerPixel === undefined ? "px" : "mm";
  const figure = (pixels: number) => Number.isFinite(pixels) ? (pixels * (mmPerPixel ?? 1)).toFixed(1) : "–";
  return html`
    <table id="cracks">
      <caption>${cracks.length} ${cracks.length === 1 ? "crack" : "cracks"}, ${figure(length)} ${unit} long
        together</caption>
      <thead>
        <tr>
          <th scope="col">Length</th>
          <th scope="col">Width</th>
          <th scope="col">Widest, ${unit}</th>
        </tr>
      </thead>
      <tbody>${cracks.slice(0, LISTED).map(({ length, width }) =>
        html`
          <tr>
            <td>${figure(length)}</td>
            <td>${figure(width.median)}</td>
            <td>${figure(width.max)}</td>
          </tr>
        `
      )}</tbody>
    </table>
    ${cracks.length > LISTED && html`<p class="hint">These are the longest; all can be saved.</p>`}
  ` as VNode;
}
