import { encodeJpeg } from "../../../core/images/encode_jpeg.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { dataUrl, type Html, markup } from "../../report/markup.ts";

/** Pixels: the greatest width and height of a cell, the space around it, a line of text. */
const WIDTH = 300, HEIGHT = 225, GAP = 12, LINE = 26;

/** A cell of a grid of pictures. */
export interface PictureCell {
  readonly width: number;
  readonly height: number;
  /** RGBA (a photo) or a byte a pixel (a map). */
  readonly data: Uint8ClampedArray<ArrayBuffer> | Uint8Array;
}

/** A row of a grid of pictures: one photo. */
export interface PictureRow {
  /** Stands above it. */
  readonly title: string;
  readonly cells: readonly PictureCell[];
}

/**
 * Pictures side by side, a row a photo: an SVG that stands alone. Pictures are kept at their own resolution.
 *
 * @param columns what each column shows.
 */
export async function pictureGrid(
  title: string,
  columns: readonly string[],
  rows: readonly PictureRow[],
): Promise<string> {
  const width = GAP + columns.length * (WIDTH + GAP);
  const parts: Html[] = [];
  let top = GAP + 2 * LINE;
  for (const row of rows) {
    const sizes = row.cells.map(sizeOf);
    parts.push(markup`<text x="${GAP}" y="${top + 16}" fill="#555">${row.title}</text>
`);
    top += LINE;
    for (const [column, cell] of row.cells.entries()) {
      const url = dataUrl(await encode(cell));
      parts.push(
        markup`<image x="${columnAt(column)}" y="${top}" width="${sizes[column].width}" height="${
          sizes[column].height
        }" href="${url}"/>
`,
      );
    }
    top += Math.max(...sizes.map(({ height }) => height)) + GAP;
  }
  return markup`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}" viewBox="0 0 ${width} ${top}" font-family="system-ui, sans-serif" font-size="14">
<rect width="${width}" height="${top}" fill="#fff"/>
<text x="${GAP}" y="${GAP + 16}" font-weight="bold">${title}</text>
${
    columns.map((name, i) =>
      markup`<text x="${columnAt(i)}" y="${GAP + LINE + 16}">${name}</text>
`
    )
  }${parts}</svg>
`.source;
}

function columnAt(column: number): number {
  return GAP + column * (WIDTH + GAP);
}

/** As large as it goes: photos on end would otherwise make all of their row as tall. */
function sizeOf({ width, height }: PictureCell): { readonly width: number; readonly height: number } {
  const scale = Math.min(WIDTH / width, HEIGHT / height);
  return { width: width * scale, height: height * scale };
}

async function encode({ width, height, data }: PictureCell): Promise<Uint8Array> {
  return data instanceof Uint8ClampedArray
    ? await encodeJpeg(new ImageData(data, width, height), { quality: 90 })
    : await encodePng({ width, height, channels: 1, data });
}
