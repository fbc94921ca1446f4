/**
 * How exact measured widths and lengths are: straight cracks of known size in 24 directions, the photo blurred (0.6 pixels) and noisy (6 grey
 * levels), as a table of errors, mean / greatest; beside scikit-image's medial axis on the same masks, where Debian's Python has it:
 *
 *     deno run --allow-read --allow-run=/usr/bin/python3 tests/bench/measure_accuracy.ts
 */
import { openCompute } from "../../core/gpu/open_compute.ts";
import { measureCracks } from "../../core/measure/measure_cracks.ts";
import { drawCracks, type DrawnCrack } from "../core/measure/drawn_cracks.ts";
import { Peer } from "./peer.ts";

const WIDTHS = [0.8, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 20];
const DIRECTIONS = 24;
const LENGTH = 200, WIDTH = 260, HEIGHT = 320;
/** It tells how dark a crack is that is not blurred. */
const WIDE: DrawnCrack = { x: 30, y: 300, angle: 0, length: 45, width: 8 };

const HEADINGS = [
  "width",
  "photo",
  "photo, no wider crack in it",
  "mask",
  "length, %",
  "medial axis",
  "its length, %",
];

function errors(found: readonly number[], wanted: number): string {
  const off = found.map((value) => Math.abs(value - wanted));
  const mean = off.reduce((sum, value) => sum + value, 0) / off.length;
  return `${mean.toFixed(2)} / ${Math.max(...off).toFixed(2)}`;
}

using compute = await openCompute();
let peer: Peer | undefined;
try {
  peer = new Peer("medial_axis.py", [`${WIDTH}`, `${HEIGHT}`]);
} catch (error) {
  console.log(`No peer: ${error instanceof Error ? error.message : error}`);
}
console.log(`| ${HEADINGS.join(" | ")} |\n|${"---|".repeat(HEADINGS.length)}`);
for (const width of WIDTHS) {
  const photo: number[] = [], alone: number[] = [], mask: number[] = [], lengths: number[] = [];
  const axis: number[] = [], axisLengths: number[] = [];
  for (let k = 0; k < DIRECTIONS; k++) {
    // At places between pixels, and off the directions that pixels favour, but for each sixth.
    const angle = 180 * k / DIRECTIONS + (k % 6 === 0 ? 0 : 0.8);
    const crack = { x: 130.3 + 0.1 * k, y: 130.4 - 0.07 * k, angle, length: LENGTH, width };
    const options = { width: WIDTH, height: HEIGHT, blur: 0.6, noise: 6, seed: k + 1 };
    const both = drawCracks([crack, WIDE], options);
    const single = drawCracks([crack], options);
    const { cracks: [found] } = await measureCracks(compute, both.mask, { photo: both.photo });
    const { cracks: [foundAlone] } = await measureCracks(compute, single.mask, { photo: single.photo });
    photo.push(found.width.median);
    alone.push(foundAlone.width.median);
    mask.push(found.maskWidth.median);
    lengths.push(100 * found.length / LENGTH);
    if (peer === undefined) continue;
    const [axisWidth, axisLength] = (await peer.ask(single.mask.data)).split(" ").map(Number);
    axis.push(axisWidth);
    axisLengths.push(100 * axisLength / LENGTH);
  }
  const cells = [photo, alone, mask].map((found) => errors(found, width));
  cells.push(errors(lengths, 100));
  if (peer !== undefined) cells.push(errors(axis, width), errors(axisLengths, 100));
  console.log(`| ${[width, ...cells].join(" | ")} |`);
}
// The peer waits for more.
Deno.exit();
