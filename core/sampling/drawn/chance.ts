/** Random numbers in [0, 1), such as those of `randomStream()`. */
export type Random = () => number;

/** Uniform in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/** In [low, high), both > 0, its logarithm uniform: of every octave as many. */
export function logBetween(random: Random, low: number, high: number): number {
  return low * (high / low) ** random();
}

/** A whole number from low to high, both included. */
export function wholeBetween(random: Random, low: number, high: number): number {
  return low + Math.floor((high - low + 1) * random());
}

/** Whether something of this probability happens. */
export function happens(random: Random, probability: number): boolean {
  return random() < probability;
}

/** One of several, each as likely. */
export function oneOf<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(items.length * random())];
}

/** An angle, in radians. */
export function anyAngle(random: Random): number {
  return 2 * Math.PI * random();
}

/** A random integer of 32 bits as the seed of something that draws too often to ask `random`. */
export function seedOf(random: Random): number {
  return Math.floor(random() * 2 ** 32);
}
