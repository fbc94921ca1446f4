import type { RowRange } from "../gpu/bands.ts";
import type { Compute, Plane } from "../gpu/compute.ts";
import { uploadImage } from "../images/upload_image.ts";
import { resize } from "../kernels/resize.ts";
import type { TiledPicture, TilePlace } from "./predict_tiles.ts";

/** Pixels of the photo on the device at a time, about. */
const STRIP_PIXELS = 2 ** 22;

/** A photo resampled to another size, of which only what is asked for is ever made: with the values that it has in the whole. */
export function resampledPicture(
  compute: Compute,
  image: ImageData,
  { width, height }: { readonly width: number; readonly height: number },
): TiledPicture {
  const across = image.width / width, down = image.height / height;
  // A part is resampled with so many pixels around it as the filter reaches.
  const around = (range: RowRange, scale: number, length: number): RowRange => {
    const [first, end] = range.map((at) => at * scale);
    const reach = Math.max(1, scale);
    return [Math.max(0, Math.floor(first - reach)), Math.min(length, Math.ceil(end + reach))];
  };
  const strip = ({ rows, columns }: TilePlace): Plane => {
    const [left, right] = around(columns, across, image.width);
    const [top, bottom] = around(rows, down, image.height);
    using shown = uploadImage(compute, image, { rows: [top, bottom], columns: [left, right] });
    return resize(shown, {
      width: columns[1] - columns[0],
      height: rows[1] - rows[0],
      filter: "bilinear",
      box: [
        columns[0] * across - left,
        rows[0] * down - top,
        Math.min(shown.width, columns[1] * across - left),
        Math.min(shown.height, rows[1] * down - top),
      ],
    });
  };
  const cut = (place: TilePlace): Plane => {
    if (width === image.width && height === image.height) return uploadImage(compute, image, place);
    const [first, end] = place.rows;
    const wide = (place.columns[1] - place.columns[0]) * across;
    const step = Math.max(1, Math.floor(STRIP_PIXELS / wide / down));
    if (step >= end - first) return strip(place);
    const columns = place.columns[1] - place.columns[0];
    const whole = compute.create({ width: columns, height: end - first, channels: 3 });
    try {
      for (let top = first; top < end; top += step) {
        using part = strip({ columns: place.columns, rows: [top, Math.min(end, top + step)] });
        compute.copy(part, whole, { to: (top - first) * columns * 3 });
      }
    } catch (error) {
      whole.dispose();
      throw error;
    }
    return whole;
  };
  return { width, height, cut };
}
