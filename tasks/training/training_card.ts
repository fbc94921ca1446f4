import type { Compute } from "../../core/gpu/compute.ts";
import type { Backend } from "../../models/backend.ts";
import { tf } from "../../models/tfjs.ts";
import { VERSION } from "../cli/version.ts";
import { line, scaleLinear } from "../report/d3.ts";

/** Of the drawn curve and each of its diagrams, in pixels. */
const WIDTH = 720, PANEL = 190, LEFT = 64, RIGHT = 24, TOP = 44, GAP = 46;

/** What the card of any training says: by what program, when, where, and how long. */
export interface CardHead {
  readonly program: "hairline";
  readonly version: string;
  /** The name of the command. */
  readonly task: string;
  /** The command's arguments. */
  readonly arguments: readonly string[];
  readonly finishedAt: string;
  readonly runtime: {
    readonly deno: string;
    readonly tfjs: string;
    readonly adapter: string;
    readonly backend: string;
    readonly workers: boolean;
  };
  /** Seconds of training over all sessions, and what share of them went into cutting and altering photos. */
  readonly seconds: number;
  readonly dataShare: number;
}

/** What a card's head is made of. */
export interface CardHeadOptions {
  readonly args: readonly string[];
  readonly compute: Compute;
  readonly backend: Backend;
  /** Whether other threads took part. */
  readonly workers: boolean;
  /** Milliseconds of training, and of those on data. */
  readonly log: { readonly time: number; readonly dataTime: number };
}

/** The head of the card of a training that has come to its end. */
export function cardHead(
  task: string,
  { args, compute, backend, workers, log }: CardHeadOptions,
): CardHead {
  return {
    program: "hairline",
    version: VERSION,
    task,
    arguments: args,
    finishedAt: new Date().toISOString(),
    runtime: {
      deno: Deno.version.deno,
      tfjs: tf.version.tfjs,
      adapter: compute.description,
      backend: `${backend.name}: ${backend.reason}`,
      workers,
    },
    seconds: Math.round(log.time / 100) / 10,
    dataShare: log.time === 0 ? 0 : Math.round(1000 * log.dataTime / log.time) / 1000,
  };
}

/** One diagram: a line and dots over the steps. */
export interface CurvePanel {
  readonly name: string;
  /** What the vertical axis spans at least. */
  readonly domain: readonly [number, number];
  readonly values: readonly (readonly [step: number, value: number])[];
  readonly dots: readonly (readonly [step: number, value: number])[];
}

/** Figures over the steps of a training. */
export interface LearningCurve {
  readonly title: string;
  /** One above the other. */
  readonly panels: readonly CurvePanel[];
}

/** Draws figures over the steps of a training, as SVG. */
export function drawCurves({ title, panels }: LearningCurve): string {
  const steps = panels.flatMap(({ values, dots }) => [...values, ...dots].map(([step]) => step));
  const last = Math.max(1, ...steps);
  const height = TOP + panels.length * PANEL + (panels.length - 1) * GAP + 44;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" ` +
    `font-family="system-ui, sans-serif" font-size="12" fill="#333">\n` +
    `<rect width="100%" height="100%" fill="#fff"/>\n` +
    `<text x="${LEFT}" y="18" font-size="14" font-weight="600">${escape(title)}</text>\n` +
    panels.map((panel, i) => draw(panel, { top: TOP + i * (PANEL + GAP), last })).join("") +
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${height - 8}" text-anchor="middle">step</text>\n</svg>\n`;
}

function draw(
  { name, domain, values, dots }: CurvePanel,
  { top, last }: { readonly top: number; readonly last: number },
): string {
  const x = scaleLinear([0, last], [LEFT, WIDTH - RIGHT]);
  const y = scaleLinear(domain, [top + PANEL, top]).nice(5);
  const formatX = x.tickFormat(8), formatY = y.tickFormat(5);
  const grid = y.ticks(5).map((value) =>
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(y(value))}" y2="${
      round(y(value))
    }" stroke="#ddd"/>` +
    `<text x="${LEFT - 8}" y="${round(y(value) + 4)}" text-anchor="end">${formatY(value)}</text>`
  );
  const ticks = x.ticks(8).map((value) =>
    `<text x="${round(x(value))}" y="${top + PANEL + 16}" text-anchor="middle">${formatX(value)}</text>`
  );
  const path = line<readonly [number, number]>(([step]) => round(x(step)), ([, value]) => round(y(value)))(
    values,
  );
  const marks = dots.map(([step, value]) =>
    `<circle cx="${round(x(step))}" cy="${round(y(value))}" r="4" fill="#c2410c"/>`
  );
  return `<g>\n<text x="${LEFT}" y="${top - 8}">${name}</text>\n${[...grid, ...ticks].join("\n")}\n` +
    `<path d="${path ?? ""}" fill="none" stroke="#1d4ed8" stroke-width="1.5"/>\n${marks.join("\n")}\n</g>\n`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
