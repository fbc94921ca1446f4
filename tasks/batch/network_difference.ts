import type { NetworkRecord } from "./records.ts";

/**
 * The network of earlier outputs and that of those to be made, in words, where they differ.
 *
 * @param kind what it is to the task, such as `classifier`.
 */
export function networkDifference(
  kind: string,
  before: NetworkRecord,
  now: NetworkRecord,
): { was: string; is: string } | undefined {
  if (before.sha256 === now.sha256) return undefined;
  const describe = ({ name, sha256 }: NetworkRecord) => `${name} (${sha256.slice(0, 8)})`;
  return { was: `the ${kind} ${describe(before)}`, is: describe(now) };
}
