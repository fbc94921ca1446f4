import { type Html, markup } from "../report/markup.ts";
import type { SurfaceGrid } from "./crf_surface.ts";

/** Pixels: a cell, the room for the names of rows, a line of text, the space around. */
const WIDTH = 84, HEIGHT = 44, LEFT = 90, LINE = 24, GAP = 16;

/** The lowest and the highest of a surface: pale and dark. */
const LOW = [239, 246, 255], HIGH = [30, 64, 175];

/** F1 over two parameters, darker where it is higher: an SVG that stands alone. The best point has a frame. */
export function surfacePicture(
  title: string,
  { x, y }: Pick<SurfaceGrid, "x" | "y">,
  surface: readonly number[],
): string {
  const width = LEFT + x.values.length * WIDTH + GAP;
  const top = 3 * LINE + GAP, height = top + y.values.length * HEIGHT + LINE + GAP;
  const [lowest, highest] = [Math.min(...surface), Math.max(...surface)];
  const best = surface.indexOf(highest);
  const cell = (f1: number, i: number): Html => {
    const [column, row] = [i % x.values.length, Math.floor(i / x.values.length)];
    const share = highest > lowest ? (f1 - lowest) / (highest - lowest) : 1;
    const colour = LOW.map((low, c) => Math.round(low + share * (HIGH[c] - low)));
    const [left, above] = [LEFT + column * WIDTH, top + row * HEIGHT];
    return markup`<rect x="${left}" y="${above}" width="${WIDTH}" height="${HEIGHT}" fill="rgb(${
      colour.join(", ")
    })"/>
<text x="${left + WIDTH / 2}" y="${above + HEIGHT / 2 + 5}" text-anchor="middle" fill="${
      share > 0.5 ? "#fff" : "#111"
    }">${f1.toFixed(4)}</text>
`;
  };
  const [bestLeft, bestTop] = [
    LEFT + best % x.values.length * WIDTH,
    top + Math.floor(best / x.values.length) * HEIGHT,
  ];
  return markup`<svg xmlns="http://www.w3.org/2000/svg" width="${
    Math.max(width, 640)
  }" height="${height}" font-family="system-ui, sans-serif" font-size="14">
<rect width="100%" height="100%" fill="#fff"/>
<text x="${GAP}" y="${LINE}" font-weight="bold">${title}</text>
<text x="${GAP}" y="${2 * LINE}">down: ${y.name}; across: ${x.name}</text>
${
    x.values.map((value, i) =>
      markup`<text x="${LEFT + (i + 0.5) * WIDTH}" y="${top - 8}" text-anchor="middle">${value}</text>
`
    )
  }${
    y.values.map((value, i) =>
      markup`<text x="${LEFT - 10}" y="${top + (i + 0.5) * HEIGHT + 5}" text-anchor="end">${value}</text>
`
    )
  }${surface.map(cell)}<rect x="${bestLeft + 1}" y="${bestTop + 1}" width="${WIDTH - 2}" height="${
    HEIGHT - 2
  }" fill="none" stroke="#c8104f" stroke-width="3"/>
</svg>
`.source;
}
