/// <reference lib="dom" />
import type { CrackMeasurement } from "../../../core/measure/crack_measurement.ts";
import { type Box, boxBetween, type Point } from "./box.ts";
import { type Shown, shown, showNext } from "./beside.ts";
import { CrackPen } from "./crack_pen.ts";
import type { Method } from "./engine_protocol.ts";
import type { Decision } from "../review.ts";
import type { OpenedPhoto, Photo } from "./photo.ts";
import { madeStage, type Stage } from "./stage.ts";
import { Stopwatch } from "./stopwatch.ts";
import type { Studio } from "./studio.ts";
import { type Desk, press, stroke, type Tool, TOOLS } from "./tools.ts";
import { type Signal, signal } from "./view.ts";
import { type COLOURS, Viewer } from "./viewer.ts";

/** How masks are drawn and with what they are mended: kept from photo to photo. */
export const tool: Signal<Tool> = signal("hand");
export const brushSize: Signal<number> = signal(5);
export const opacity: Signal<number> = signal(70);
/** The scale from which on photos are looked at again; undefined: by their detail. */
export const scale: Signal<number | undefined> = signal(undefined);
export const outline: Signal<boolean> = signal(false);
export const colour: Signal<keyof typeof COLOURS> = signal("magenta");

/** Whether the stages that a run kept are shown. */
const stagesShown: Signal<boolean> = signal(false);

/** Milliseconds after a stroke until it is kept, whatever follows: less than the next one takes. */
const KEPT_AFTER = 50;

/** A photo that is looked at and mended: what its keys and buttons do. */
export class DeskControl {
  readonly studio: Studio;
  readonly photo: Photo;
  readonly opened: Signal<OpenedPhoto | undefined> = signal(undefined);
  readonly failure: Signal<string> = signal("");
  readonly busy: Signal<boolean> = signal(true);
  readonly points: Signal<readonly Point[]> = signal([]);
  /** Where the brush is. */
  readonly hover: Signal<Point | undefined> = signal(undefined);
  /** How long and wide the cracks are, where that was asked since the mask changed. */
  readonly measured: Signal<CrackMeasurement | undefined> = signal(undefined);
  /** What the steps of a label see, where that was asked for, and which of it is shown below the mask in place of the photo. */
  readonly stages: Signal<readonly Stage[] | undefined> = signal(undefined);
  readonly below: Signal<Stage | undefined> = signal(undefined);
  /** Whether the photo is shown without its mask, while a key is held. */
  readonly alone: Signal<boolean> = signal(false);
  #viewer: Viewer | undefined;
  #desk: Desk | undefined;
  #last: Point = { x: 0, y: 0 };
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #keptSteps = 0;
  readonly #stopwatch = new Stopwatch();

  constructor(studio: Studio, photo: Photo) {
    this.studio = studio;
    studio.flush = () => this.#keepNow();
    this.photo = photo;
    this.#open();
  }

  /** Puts the photo into a frame. */
  mount(frame: HTMLElement, onView: () => void): void {
    this.#viewer = new Viewer(frame, {
      down: (at) => this.#down(at),
      move: (at, pressed) => this.#move(at, pressed),
      up: () => this.#finish(),
    });
    this.#viewer.onView = onView;
    this.#show();
  }

  get viewer(): Viewer | undefined {
    return this.#viewer;
  }

  /** Counts the time since the photo was opened, or since it was counted last. */
  #countTime(): void {
    this.photo.seconds += this.#stopwatch.take();
  }

  /** To be called when another photo takes its place. */
  close(): void {
    this.#countTime();
    this.#keepNow();
    this.#viewer?.close();
    this.studio.flush = () => {};
    this.studio.leave(this.photo);
  }

  #keepNow(): void {
    if (this.#keeping === undefined) return;
    clearTimeout(this.#keeping);
    this.#keepStrokes();
  }

  async #open(): Promise<void> {
    try {
      this.opened.value = await this.studio.open(this.photo);
      this.#show();
      if (stagesShown.value) this.stages.value = this.photo.source.stages;
    } catch (error) {
      this.failure.value = error instanceof Error ? error.message : String(error);
    }
    this.busy.value = false;
  }

  /** Looks at the photo again, or at the box that is drawn on it. */
  lookAgain(method: Method): Promise<void> {
    return this.#work(async (opened) => {
      await this.photo.lookAgain(this.studio.engine, opened, { method, scale: scale.value, box: this.box });
      this.redraw();
      this.measured.value = undefined;
      this.#keepSoon();
    });
  }

  /** Measures the cracks as they are. */
  measure(): Promise<void> {
    return this.#work(async ({ pixels, edits }) => {
      const { revision, mmPerPixel } = this.photo;
      const asked = revision.value;
      const measured = await this.studio.engine.measure(pixels, edits.mask, mmPerPixel.value);
      if (revision.value === asked) this.measured.value = measured;
    });
  }

  /** Shows what the run kept of the steps of its label: of this photo and those that follow. */
  openStages(): void {
    stagesShown.value = true;
    this.stages.value = this.photo.source.stages;
  }

  /** Labels the photo here, and shows what the steps see. */
  makeStages(): Promise<void> {
    return this.#work(async ({ pixels }) => {
      this.stages.value = (await this.studio.engine.stages(pixels, scale.value)).map(madeStage);
    });
  }

  closeStages(): void {
    stagesShown.value = false;
    this.showBelow(undefined);
    this.stages.value = undefined;
  }

  /** Shows a stage below the mask; without one, the photo. */
  async showBelow(stage: Stage | undefined): Promise<void> {
    this.below.value = stage;
    try {
      const picture = await stage?.picture();
      // Another one may have been chosen meanwhile.
      if (this.below.value === stage) this.#viewer?.showBelow(this.opened.value!.pixels, picture);
    } catch (error) {
      this.studio.complain(error);
    }
  }

  /** Does something that takes its time with the opened photo, not two at once. */
  async #work(task: (opened: OpenedPhoto) => Promise<void>): Promise<void> {
    const opened = this.opened.value;
    if (opened === undefined || this.busy.value) return;
    this.busy.value = true;
    try {
      await task(opened);
    } catch (error) {
      this.studio.complain(error);
    }
    this.busy.value = false;
  }

  /** The box that is drawn on the photo. */
  get box(): Box | undefined {
    const [one, other] = this.points.value;
    if (tool.value !== "box" || other === undefined) return undefined;
    return boxBetween(one, other, this.opened.value!.pixels);
  }

  #show(): void {
    const opened = this.opened.value;
    if (opened === undefined || this.#viewer === undefined) return;
    this.#viewer.show(opened);
    this.#keptSteps = opened.edits.steps.done;
    this.redraw();
    this.#desk = {
      edits: opened.edits,
      pen: new CrackPen(opened.pixels),
      ...{ tool, brushSize, points: this.points },
      changed: (pixels) => {
        if (outline.value) this.redraw();
        else this.#viewer!.drawPixels(pixels);
      },
    };
  }

  redraw(): void {
    this.#viewer?.drawMask({ colour: colour.value, outline: outline.value, shown: shown.value });
  }

  #down(at: Point): void {
    this.#last = at;
    if (this.#desk === undefined) return;
    press(this.#desk, at);
    if (tool.value === "pen" || tool.value === "pieces") this.#finish();
  }

  #move(at: Point, pressed: boolean): void {
    if (pressed && this.#desk !== undefined) stroke(this.#desk, this.#last, at);
    this.#last = at;
    if (tool.value === "brush" || tool.value === "eraser") this.hover.value = at;
  }

  /** Ends what was being done, and keeps it if it changed the mask. */
  #finish(): void {
    const edits = this.opened.value?.edits;
    if (edits === undefined) return;
    edits.finish();
    if (edits.steps.done === this.#keptSteps) return;
    this.#changed();
    this.#keepSoon();
  }

  /** To be called when the mask has changed: views follow, and figures are void. */
  #changed(): void {
    this.photo.revision.value++;
    this.measured.value = undefined;
  }

  #keepSoon(): void {
    this.#keptSteps = this.opened.value?.edits.steps.done ?? 0;
    this.#keeping ??= setTimeout(() => this.#keepStrokes(), KEPT_AFTER);
  }

  #keepStrokes(): void {
    this.#keeping = undefined;
    this.#countTime();
    if (this.photo.decision.value !== "rejected") {
      const { changedPixels } = this.opened.value!.edits;
      if (changedPixels > 0) this.photo.decision.value = "corrected";
      else if (this.photo.decision.value === "corrected") this.photo.decision.value = undefined;
    }
    this.studio.keep(this.photo);
  }

  /** Moves the threshold; `done` when it is let go. */
  slide(threshold: number | undefined, done: boolean): void {
    const edits = this.opened.value?.edits;
    if (edits === undefined) return;
    edits.slide(threshold);
    if (done) edits.finish();
    this.redraw();
    this.#changed();
    if (done) this.#keepSoon();
  }

  undo(): void {
    if (this.opened.value?.edits.undo()) this.#undone();
  }

  redo(): void {
    if (this.opened.value?.edits.redo()) this.#undone();
  }

  #undone(): void {
    this.points.value = [];
    this.redraw();
    this.#changed();
    this.#keepSoon();
  }

  choose(name: Tool): void {
    tool.value = name;
    this.points.value = [];
    this.hover.value = undefined;
    if (this.#viewer !== undefined) this.#viewer.moves = name === "hand";
  }

  /** Decides about the photo; without a decision, takes it back. */
  decide(decision: Decision | undefined): void {
    this.#countTime();
    this.studio.decide(this.photo, decision);
  }

  /** What a key does; whether it did anything. */
  key(event: KeyboardEvent): boolean {
    const { key } = event;
    const command = event.ctrlKey || event.metaKey;
    if (command && key.toLowerCase() === "z") {
      if (event.shiftKey) this.redo();
      else this.undo();
      return true;
    }
    if (command && key.toLowerCase() === "y") {
      this.redo();
      return true;
    }
    if (command || event.altKey) return false;
    const named = (Object.keys(TOOLS) as Tool[]).find((name) => TOOLS[name].key === key);
    if (named !== undefined) this.choose(named);
    else if (key === "[") brushSize.value = Math.max(1, brushSize.value - 1);
    else if (key === "]") brushSize.value = Math.min(60, brushSize.value + 1);
    else if (key === "o") this.toggleOutline();
    else if (key === "c" && this.photo.source.beside !== undefined) this.compare();
    else if (key === "t") this.toggleStages();
    else if (key === "v") this.alone.value = true;
    else if (key === " ") this.#viewer!.moves = true;
    else if (key === "+" || key === "=") this.#viewer?.zoom(1.5);
    else if (key === "-") this.#viewer?.zoom(1 / 1.5);
    else if (key === "0") this.#viewer?.fit();
    else if (key === "Escape" && this.points.value.length > 0) this.points.value = [];
    else if (key === "a") this.decide("accepted");
    else if (key === "r") this.decide("rejected");
    else if (key === "u") this.decide(undefined);
    else return false;
    return true;
  }

  keyUp({ key }: KeyboardEvent): void {
    if (key === "v") this.alone.value = false;
    if (key === " " && this.#viewer !== undefined) this.#viewer.moves = tool.value === "hand";
  }

  /** Shows one of the masks of two runs, or their difference; by default the next of these. */
  compare(what?: Shown): void {
    if (what === undefined) showNext();
    else shown.value = what;
    this.redraw();
  }

  /** Closes the stages, or opens those of the run; where it kept none, they are made. */
  toggleStages(): void {
    if (this.stages.value !== undefined) this.closeStages();
    else if (this.photo.source.stages === undefined) this.makeStages();
    else this.openStages();
  }

  toggleOutline(): void {
    outline.value = !outline.value;
    this.redraw();
  }

  recolour(name: keyof typeof COLOURS): void {
    colour.value = name;
    this.redraw();
  }
}
