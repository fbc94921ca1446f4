/**
 * The colour of a direction, a circle in OKLab, as directions come round again: light from left to right, dark upright, yellow rising to the
 * right, blue falling. It goes through lightness and from blue to yellow, which everybody sees; red and green only go along.
 *
 * @param degrees from the right counter-clockwise; 180 is 0 again.
 * @returns lightness 0..1, green to red, blue to yellow.
 */
export function directionColour(degrees: number): [l: number, a: number, b: number] {
  const twice = 2 * degrees * Math.PI / 180;
  return [0.73 + 0.19 * Math.cos(twice), -0.1 * Math.cos(twice), 0.14 * Math.sin(twice) - 0.01];
}

/**
 * A colour of OKLab in sRGB, 0..255, cut to what sRGB holds. B. Ottosson 2020, https://bottosson.github.io/posts/oklab/.
 */
export function oklabToSrgb([l, a, b]: readonly [l: number, a: number, b: number]): number[] {
  const [long, middle, short] = [
    l + 0.3963377774 * a + 0.2158037573 * b,
    l - 0.1055613458 * a - 0.0638541728 * b,
    l - 0.0894841775 * a - 1.291485548 * b,
  ].map((root) => root ** 3);
  return [
    4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short,
  ].map((linear) => {
    const light = Math.min(1, Math.max(0, linear));
    return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
  });
}
