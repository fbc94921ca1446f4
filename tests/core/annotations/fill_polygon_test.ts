import assert from "node:assert/strict";
import { decodeCocoRle } from "../../../core/annotations/coco_rle.ts";
import { fillCocoPolygon, fillPolygon } from "../../../core/annotations/fill_polygon.ts";

const WIDTH = 13, HEIGHT = 11;

/** Polygons, and what pycocotools' `frPyObjects` makes of them in a picture of 13 × 11 (cocodataset/cocoapi, 8c9bcc3). */
const VECTORS: readonly (readonly [polygon: readonly number[], counts: string])[] = [
  [[2, 1, 9, 1, 9, 6, 2, 6], "g05600000000000[1"],
  [[0, 0, 12, 5, 3, 10], "02:2M3M2ON101N1O2O0O10b0"],
  [[1.5, 9.75, 6.2, 0.4, 11.3, 8.9], "n0272N2N1011O2N2N1O?"],
  [[-3, 2, 5, -4, 20, 5, 6, 14], "0652N1O1O]21bMO"],
  [[4, 4, 4, 4, 4, 4], "_4"],
  [[2, 8, 10, 3, 10, 8, 2, 3], "i057N2N100000O2N2m0"],
  [
    [0, 10, 3, 7, 4, 7, 8, 3, 9, 3, 12, 0, 12, 1, 9, 4, 8, 4, 4, 8, 3, 8, 0, 11],
    "91900010O000000010O00000<",
  ],
  [
    [-0.72, 1.55, 10.02, 6.73, -0.59, 4.5, 5.19, 0.4, 9.02, -0.29, 3.87, 5.75, 4.46, 6.8],
    "211090N021GO52KN43LM42MN31k1",
  ],
  [
    [9.07, 12.34, 2.26, 7.73, 8.44, 2.39, -1.98, 12.6, 2.48, 2.71, 11.38, 6.78, 5.07, 9.6],
    "7361O022OO001O0O101O0Oa0",
  ],
  [
    [-1.54, 8.6, 3.61, -0.64, 7.91, 11.97, 1.11, 7.45, 2.47, 9.13, 8.83, 1.28, 10.45, 7.86],
    "5362N3N12KNN70L5NNOLO66Mm0",
  ],
];

function ringOf(numbers: readonly number[]): [number, number][] {
  return Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]]);
}

Deno.test("fillCocoPolygon() marks the pixels that pycocotools does", () => {
  for (const [polygon, counts] of VECTORS) {
    const picture = { width: WIDTH, height: HEIGHT, data: new Uint8Array(WIDTH * HEIGHT) };
    fillCocoPolygon(picture, ringOf(polygon));
    assert.deepEqual(picture, decodeCocoRle({ size: [HEIGHT, WIDTH], counts }), polygon.join());
  }
});

Deno.test("fillCocoPolygon() takes corners at any distance", () => {
  const ring = ringOf([-1e15, -3, 1e300, 5.2, 4, 1e15]);
  const [near, exact] = [0, 1].map(() => ({ width: 9, height: 7, data: new Uint8Array(63) }));
  fillCocoPolygon(near, ring);
  fillPolygon(exact, ring);
  assert.deepEqual(near, exact);
});
