import assert from "node:assert/strict";
import { wholePhotoLabels } from "../../../core/datasets/patch_labels.ts";
import { mostDoubtful } from "../../../core/label/disagreement.ts";
import { seeded } from "../testing.ts";

Deno.test("mostDoubtful() finds of both classes the patch that is contradicted most, as looking at all values does", () => {
  const random = seeded(6);
  const integer = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  for (const [width, height] of [[1, 1], [1, 9], [17, 12], [30, 21]]) {
    for (let round = 0; round < 20; round++) {
      const reach = integer(0, 2);
      const localisation = Float32Array.from({ length: width * height }, () => random());
      const patches = Array.from({ length: integer(1, 8) }, () => ({
        ...{
          x: integer(-2, width - 1),
          y: integer(-2, height - 1),
          width: integer(4, 9),
          height: integer(4, 9),
        },
        crack: random() < 0.5,
      }));
      const seen = patches.flatMap((patch) => {
        const values = [...localisation.entries()].filter(([i]) => {
          const inside = (at: number, start: number, side: number, length: number) => {
            const margin = patch.crack ? 0 : reach;
            return at >= (start <= 0 ? 0 : start + margin) && at < start + side &&
              (start + side >= length || at < start + side - margin);
          };
          return inside(i % width, patch.x, patch.width, width) &&
            inside(Math.floor(i / width), patch.y, patch.height, height);
        }).map(([, value]) => value);
        return values.length === 0 ? [] : [{ patch, most: Math.max(...values) }];
      });
      const labels = { width, height, size: 9, stride: 1, patches };
      const { crack, clear } = mostDoubtful(labels, localisation, { reach });
      const scores = (of: boolean) => seen.filter(({ patch }) => patch.crack === of).map(({ most }) => most);
      for (
        const [found, all, worst] of [
          [crack, scores(true), Math.min(...scores(true))],
          [clear, scores(false), Math.max(...scores(false))],
        ] as const
      ) {
        assert.equal(found !== undefined, all.length > 0);
        if (found === undefined) continue;
        assert.equal(found.score, worst);
        assert.equal(localisation[found.peak[1] * width + found.peak[0]], worst);
        assert.equal(found.disagreement, found.crack ? 1 - worst : worst);
      }
    }
  }
});

Deno.test("mostDoubtful() looks up to the border of a photo that is labelled as a whole, and not at patches within reach of others", () => {
  const size = { width: 5, height: 4 };
  const localisation = new Float32Array(20);
  localisation[19] = 0.75;
  const { clear, crack } = mostDoubtful(wholePhotoLabels(size, false), localisation, { reach: 32 });
  assert.deepEqual([clear?.score, clear?.peak, crack], [0.75, [4, 3], undefined]);
  const patches = [{ x: 1, y: 1, width: 3, height: 2, crack: false }];
  assert.deepEqual(mostDoubtful({ ...size, size: 3, stride: 3, patches }, localisation, { reach: 2 }), {});
});
