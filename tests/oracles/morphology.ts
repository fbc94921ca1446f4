import type { PlaneSource } from "../../core/gpu/compute.ts";

/** Erosion or dilation by a square window, `iterations` times over, pixel by pixel; what is outside is left out. */
export function morphologyOracle(
  operation: "erode" | "dilate",
  image: PlaneSource,
  { size = 3, iterations = 1 }: { size?: number; iterations?: number } = {},
): PlaneSource {
  const { width, height, channels } = image;
  const half = (size - 1) / 2;
  let data = Float32Array.from(image.data);
  for (let iteration = 0; iteration < iterations; iteration++) {
    data = data.map((_, i) => {
      const c = i % channels, x = Math.floor(i / channels) % width, y = Math.floor(i / channels / width);
      let found = operation === "erode" ? Infinity : -Infinity;
      for (let v = Math.max(0, y - half); v <= Math.min(height - 1, y + half); v++) {
        for (let u = Math.max(0, x - half); u <= Math.min(width - 1, x + half); u++) {
          const value = data[(v * width + u) * channels + c];
          found = operation === "erode" ? Math.min(found, value) : Math.max(found, value);
        }
      }
      return found;
    });
  }
  return { width, height, channels, data };
}
