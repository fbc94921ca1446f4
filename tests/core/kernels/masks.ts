import type { PlaneSource } from "../../../core/gpu/compute.ts";
import { CONTENTS, seeded, SIZES, testImage } from "../testing.ts";

/** Random masks: how much is crack, and how coarse its grain is. */
const GRAINS = [[0.05, 1], [0.3, 1], [0.6, 1], [0.9, 1], [0.5, 3], [0.7, 8]] as const;

/** Masks of every size: with each of the test contents cut at its middle, and random ones from a few specks to a few holes. */
export function* testMasks(
  sizes: Iterable<readonly [number, number]> = SIZES,
): Generator<PlaneSource & { readonly what: string }> {
  for (const [width, height] of sizes) {
    for (const content of CONTENTS) {
      const image = testImage(width, height, 1, content);
      const data = Float32Array.from(image.data, (value) => Number(value >= 128));
      yield { ...image, data, what: `${width} × ${height} ${content}` };
    }
    for (const [share, grain] of GRAINS) {
      const random = seeded(width + 7 * height);
      const across = Math.ceil(width / grain);
      const cells = Array.from(
        { length: across * Math.ceil(height / grain) },
        () => Number(random() < share),
      );
      const data = Float32Array.from(
        { length: width * height },
        (_, i) => cells[Math.floor(Math.floor(i / width) / grain) * across + Math.floor((i % width) / grain)],
      );
      yield { width, height, channels: 1, data, what: `${width} × ${height} random ${share} by ${grain}` };
    }
  }
}
