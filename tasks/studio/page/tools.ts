import type { Point } from "./box.ts";
import { brushed } from "./brush.ts";
import type { CrackPen } from "./crack_pen.ts";
import { type EditedMask, Paint } from "./edited_mask.ts";
import { pieceAt } from "./pieces.ts";

/** What a press on the photo does. */
export const TOOLS = {
  hand: { key: "h", title: "Move", hint: "Drag to move the photo; the wheel zooms." },
  brush: { key: "b", title: "Brush", hint: "Draw crack. [ and ] change the size." },
  eraser: { key: "e", title: "Eraser", hint: "Take crack away. [ and ] change the size." },
  pen: {
    key: "p",
    title: "Crack pen",
    hint: "Click along a crack: the dark line between two clicks is drawn. Escape ends it.",
  },
  pieces: { key: "d", title: "Pieces", hint: "Click a piece of crack to delete it, or a hole to fill it." },
  box: { key: "x", title: "Box", hint: "Drag a box to look for cracks again in it." },
  measure: { key: "m", title: "Measure", hint: "Click two points to see their distance." },
} as const;

/** The name of a tool. */
export type Tool = keyof typeof TOOLS;

/** What tools work on. */
export interface Desk {
  readonly edits: EditedMask;
  readonly pen: CrackPen;
  readonly tool: { readonly value: Tool };
  readonly brushSize: { readonly value: number };
  /** The points of the measure, corners of the box, or the point that the pen starts from. */
  readonly points: { value: readonly Point[] };
  /** Called with pixels whose paint has changed. */
  changed(pixels: readonly number[]): void;
}

/** What a press of the pointer does with a tool. */
export function press(desk: Desk, at: Point): void {
  switch (desk.tool.value) {
    case "brush":
    case "eraser":
      return stroke(desk, at, at);
    case "pen": {
      const [from] = desk.points.value;
      if (from === undefined) desk.pen.prepare();
      else {
        paint(desk, desk.pen.trace(from, at), Paint.crack);
        desk.edits.finish();
      }
      desk.points.value = [at];
      return;
    }
    case "pieces": {
      const piece = pieceAt(desk.edits, at);
      if (piece === undefined) return;
      paint(desk, piece.pixels, piece.kind === "hole" ? Paint.crack : Paint.ground);
      return desk.edits.finish();
    }
    case "measure":
      desk.points.value = desk.points.value.length === 1 ? [desk.points.value[0], at] : [at];
      return;
    case "box":
      desk.points.value = [at];
      return;
    case "hand":
  }
}

/** What dragging from a point to another does with a tool. */
export function stroke(desk: Desk, from: Point, to: Point): void {
  if (desk.tool.value === "box") desk.points.value = [desk.points.value[0], to];
  if (desk.tool.value !== "brush" && desk.tool.value !== "eraser") return;
  const pixels = [...brushed(from, to, desk.brushSize.value, desk.edits)];
  paint(desk, pixels, desk.tool.value === "brush" ? Paint.crack : Paint.ground);
}

function paint(desk: Desk, pixels: readonly number[], colour: Paint): void {
  desk.edits.paint(pixels, colour);
  desk.changed(pixels);
}
