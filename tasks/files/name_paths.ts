/** The photos of a run in a heading: each path where there are two at most, else the first and how many others. */
export function namePaths([first, ...others]: readonly string[]): string {
  if (others.length <= 1) return [first, ...others].join(" and ");
  return `${first} and ${others.length} others`;
}
