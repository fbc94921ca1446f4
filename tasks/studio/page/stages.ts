/// <reference lib="dom" />
import type { DeskControl } from "./desk_control.ts";
import type { Stage } from "./stage.ts";
import { html, useEffect, useRef, type VNode } from "./view.ts";

/** What the steps of a label see, small: the one that is chosen is shown below the mask. */
export function Stages({ control }: { readonly control: DeskControl }): VNode | null {
  const stages = control.stages.value;
  if (stages === undefined) return null;
  const { below } = control;
  return html`
    <div class="stages" role="group" aria-label="Stages">
      <button type="button" aria-pressed=${below.value === undefined} onClick=${() =>
        control.showBelow(undefined)}>Photo</button>
      ${stages.map((stage) =>
        html`
          <button type="button" aria-pressed=${below.value === stage} title=${stage.note}
            onClick=${() => control.showBelow(stage)}>
            <${Small} control=${control} stage=${stage} />${stage.title}</button>
        `
      )}
      <button type="button" aria-label="Close the stages" onClick=${() => control.closeStages()}>×</button>
    </div>
  ` as VNode;
}

/** The longer side of a small picture, in pixels. */
const SIDE = 96;

function Small({ control, stage }: { readonly control: DeskControl; readonly stage: Stage }): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const { width, height } = control.opened.value!.pixels;
    const shrink = Math.min(1, SIDE / Math.max(width, height));
    const size = { width: Math.ceil(shrink * width), height: Math.ceil(shrink * height) };
    const options = { resizeWidth: size.width, resizeHeight: size.height, resizeQuality: "medium" } as const;
    stage.picture(options).then((picture) => {
      // It may be gone by then.
      if (canvas.current === null) return;
      Object.assign(canvas.current, size);
      canvas.current.getContext("2d")!.drawImage(picture, 0, 0);
    }).catch((error) => control.studio.complain(error));
  }, [stage]);
  return html`<canvas ref=${canvas} aria-hidden="true"></canvas>` as VNode;
}
