import type { AnnotatedPhoto } from "./annotated_photo.ts";
import { type Bitmap, paintRegion } from "./bitmap.ts";
import { fillPolygon } from "./fill_polygon.ts";
import { edgeOutlines } from "./outlines.ts";

/** The pixels of a photo that become crack where only the outer outlines of its cracks are kept. */
export function pixelsInHoles({ width, height, cracks }: AnnotatedPhoto): number {
  const outlines = cracks.map(edgeOutlines);
  if (outlines.every(({ holes }) => holes.length === 0)) return 0;
  const exact: Bitmap = { width, height, data: new Uint8Array(width * height) };
  for (const crack of cracks) paintRegion(exact, crack);
  const filled: Bitmap = { width, height, data: exact.data.slice() };
  for (const { outer } of outlines) for (const ring of outer) fillPolygon(filled, ring);
  let count = 0;
  for (let i = 0; i < filled.data.length; i++) count += filled.data[i] - exact.data[i];
  return count;
}
