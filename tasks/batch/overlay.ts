/** What an output pixel covers along one side: source pixels `first` and on, with the share that each has in it. */
interface Cover {
  readonly first: number;
  readonly shares: readonly number[];
}

function covers(from: number, to: number): Cover[] {
  const scale = from / to;
  return Array.from({ length: to }, (_, i) => {
    const start = i * scale;
    const end = Math.min(from, start + scale);
    const first = Math.floor(start);
    const shares: number[] = [];
    for (let at = first; at < end; at++) shares.push((Math.min(end, at + 1) - Math.max(start, at)) / scale);
    return { first, shares };
  });
}

/** The size that fits into a square of `side`, with the same proportions; never larger than it was. */
export function fitInto(
  side: number,
  { width, height }: { width: number; height: number },
): [number, number] {
  const scale = Math.min(1, side / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** Scales an image down to fit into a square of `side`: each pixel is the mean of the area that it covers. */
export function shrink(image: ImageData, side: number): ImageData {
  const [width, height] = fitInto(side, image);
  if (width === image.width && height === image.height) return image;
  const columns = covers(image.width, width);
  const rows = covers(image.height, height);
  const data = new Uint8ClampedArray(width * height * 4);
  const sum = new Float64Array(width * 4);
  for (const [y, row] of rows.entries()) {
    sum.fill(0);
    for (const [i, rowShare] of row.shares.entries()) {
      const line = (row.first + i) * image.width * 4;
      for (let x = 0; x < width; x++) {
        const { first, shares } = columns[x];
        for (let j = 0; j < shares.length; j++) {
          const share = rowShare * shares[j];
          const from = line + (first + j) * 4;
          for (let c = 0; c < 4; c++) sum[4 * x + c] += share * image.data[from + c];
        }
      }
    }
    data.set(sum, y * width * 4);
  }
  return new ImageData(data, width, height);
}

/** Colour of the masks over photos: magenta, which neither asphalt nor markings nor leaves have. */
export const MASK_COLOUR = [255, 31, 107, 255] as const;

/**
 * A mask in the size of a preview, coloured on nothing. A pixel is coloured where it covers any crack at all: a crack one
 * pixel wide would fade away in the mean.
 *
 * @param mask RGBA as a PNG of 0 and 255 decodes: crack where red is not 0.
 */
export function overlayOf(mask: ImageData, side: number): ImageData {
  const [width, height] = fitInto(side, mask);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < mask.height; y++) {
    const line = Math.min(height - 1, Math.floor(y * height / mask.height)) * width;
    for (let x = 0; x < mask.width; x++) {
      if (mask.data[4 * (y * mask.width + x)] === 0) continue;
      data.set(MASK_COLOUR, 4 * (line + Math.min(width - 1, Math.floor(x * width / mask.width))));
    }
  }
  return new ImageData(data, width, height);
}
