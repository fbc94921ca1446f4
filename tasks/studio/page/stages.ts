/// <reference lib="dom" />
import type { DeskControl } from "./desk_control.ts";
import type { StagePicture } from "./engine_protocol.ts";
import { stagePicture } from "./viewer.ts";
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
            <${Small} stage=${stage} />${stage.title}</button>
        `
      )}
      <button type="button" aria-label="Close the stages" onClick=${() => control.closeStages()}>×</button>
    </div>
  ` as VNode;
}

/** The longer side of a small picture, in pixels. */
const SIDE = 96;

function Small({ stage }: { readonly stage: StagePicture }): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const { width, height } = stage, shrink = Math.min(1, SIDE / Math.max(width, height));
    const [columns, rows] = [Math.ceil(shrink * width), Math.ceil(shrink * height)];
    Object.assign(canvas.current!, { width: columns, height: rows });
    canvas.current!.getContext("2d")!.drawImage(stagePicture(stage), 0, 0, columns, rows);
  }, [stage]);
  return html`<canvas ref=${canvas} aria-hidden="true"></canvas>` as VNode;
}
