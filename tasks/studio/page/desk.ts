/// <reference lib="dom" />
import { brushSize, type DeskControl, opacity, tool } from "./desk_control.ts";
import { Panel } from "./panel.ts";
import { Stages } from "./stages.ts";
import { type Tool, TOOLS } from "./tools.ts";
import { html, type Signal, useEffect, useRef, useSignal, type VNode } from "./view.ts";

/** The desk: a photo with its mask, tools beside it. */
export function DeskView(
  { control, closed }: { readonly control: DeskControl; readonly closed: () => void },
): VNode {
  const frame = useRef<HTMLDivElement>(null);
  const view = useSignal(0);
  useEffect(() => {
    if (frame.current === null) return;
    control.mount(frame.current, () => view.value++);
    control.choose(tool.value);
    return () => {
      control.close();
      closed();
    };
  }, [control]);
  const { photo, opened } = control;
  const mask = control.alone.value ? 0 : opacity.value / 100;
  return html`
    <section class="desk" aria-label=${`Desk: ${photo.name}`}>
      <${Tools} control=${control} />
      <div
        class=${`frame tool-${tool.value}`}
        ref=${frame}
        style=${{ "--mask": mask }}
        role="img"
        aria-label=${`${photo.name} with its mask`}
      >
        <${Marks} control=${control} view=${view} />
        ${control.busy.value &&
          html`<p class="busy" role="status"><span class="spinner"></span>Working …</p>`}
        ${control.failure.value !== "" && html`<p class="failure" role="alert">${control.failure}</p>`}
      </div>
      <${Stages} control=${control} />
      ${opened.value !== undefined && html`<${Panel} control=${control} opened=${opened.value} />`}
    </section>
  ` as VNode;
}

/** Points and lines over the photo. */
function Marks(
  { control, view }: { readonly control: DeskControl; readonly view: Signal<number> },
): VNode | null {
  // Places on the screen change with the view.
  void view.value;
  const { viewer } = control;
  const points = control.points.value, hover = control.hover.value;
  if (viewer === undefined || (points.length === 0 && hover === undefined)) return null;
  const brush = hover && viewer.toFrame(hover);
  const places = points.map((point) => viewer.toFrame(point));
  return html`
    <svg class="marks" aria-hidden="true">
      ${brush !== undefined &&
        html`<circle class="brush" cx=${brush.x} cy=${brush.y} r=${
          Math.max(2, brushSize.value * viewer.scale / 2)
        } />`}
      ${places.length === 2 && tool.value === "box" &&
        html`<path d=${`M${places[0].x} ${places[0].y}H${places[1].x}V${places[1].y}H${places[0].x}Z`} />`}
      ${places.length === 2 && tool.value !== "box" &&
        html`<line x1=${places[0].x} y1=${places[0].y} x2=${places[1].x} y2=${places[1].y} />`}
      ${tool.value !== "box" && places.map(({ x, y }) => html`<circle cx=${x} cy=${y} r="5" />`)}
    </svg>
  ` as VNode;
}

function Tools({ control }: { readonly control: DeskControl }): VNode {
  return html`
    <div class="tools" role="toolbar" aria-label="Tools">
      ${(Object.keys(TOOLS) as Tool[]).map((name) =>
        html`
          <button
            type="button"
            aria-pressed=${tool.value === name}
            title=${`${TOOLS[name].hint} (${TOOLS[name].key.toUpperCase()})`}
            onClick=${() => control.choose(name)}
          >${TOOLS[name].title} <kbd>${TOOLS[name].key.toUpperCase()}</kbd></button>
        `
      )}
      <span class="gap"></span>
      <span class="row undo"><${UndoButtons} control=${control} /></span>
    </div>
  ` as VNode;
}

function UndoButtons({ control }: { readonly control: DeskControl }): VNode {
  void control.photo.revision.value;
  const { done, undone } = control.opened.value?.edits.steps ?? { done: 0, undone: 0 };
  return html`
    <button type="button" disabled=${done === 0} title="Undo (Ctrl Z)" onClick=${() =>
      control.undo()}>Undo</button>
    <button type="button" disabled=${undone === 0} title="Redo (Ctrl Shift Z)" onClick=${() =>
      control.redo()}>Redo</button>
  ` as VNode;
}
