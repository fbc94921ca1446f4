import { createHash } from "node:crypto";
import { recordSchema, type Schema, TEXT } from "../../core/arguments.ts";
import { FORMER } from "../segmenter/read_segmenter.ts";

/** The network of a run. */
export interface NetworkRecord {
  /** Architecture and size. */
  readonly name: string;
  /** The file or URL it was loaded from, or `shipped`. */
  readonly source: string;
  /** SHA-256 of its parameters, hexadecimal. */
  readonly sha256: string;
}

/** What is looked at of one that is read from a file. */
export const NETWORK_RECORD: Schema<NetworkRecord> = recordSchema<NetworkRecord>({
  name: TEXT,
  source: TEXT,
  sha256: TEXT,
});

/** A network, as far as its record goes. */
interface RecordedNetwork {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, HashedParameter>;
}

/** The record of a network that was loaded from a file or URL, or `shipped`. */
export async function networkRecord(
  { name, parameters }: RecordedNetwork,
  source: string,
): Promise<NetworkRecord> {
  return { name, source, sha256: await hashParameters(parameters) };
}

/**
 * The network of earlier outputs and that of those to be made, in words, where they differ. One that came with Hairline before is called by the name
 * that it has since.
 *
 * @param kind what it is to the task, such as `classifier`.
 * @param before its record; undefined where no such network was asked.
 */
export function networkDifference(
  kind: string,
  before: NetworkRecord | undefined,
  now: NetworkRecord | undefined,
): { was: string; is: string } | undefined {
  if (before?.sha256 === now?.sha256) return undefined;
  const describe = (record: NetworkRecord | undefined) => {
    if (record === undefined) return "none";
    const former = FORMER.find(({ sha256 }) => sha256 === record.sha256);
    return `${record.name} (${former?.name ?? record.sha256.slice(0, 8)})`;
  };
  return { was: `the ${kind} ${describe(before)}`, is: describe(now) };
}

/** A network's parameter, as far as its hash goes. */
export interface HashedParameter {
  readonly shape: readonly number[];
  data(): Promise<Float32Array | Int32Array | Uint8Array>;
}

/**
 * SHA-256, in hexadecimal, of a network's parameters: of the name, shape and values of each in turn. It distinguishes two
 * networks whatever kind of file they came from.
 */
export async function hashParameters(parameters: ReadonlyMap<string, HashedParameter>): Promise<string> {
  const hash = createHash("sha256");
  for (const [name, parameter] of parameters) {
    hash.update(`${name} ${parameter.shape.join("×")}\n`);
    const values = await parameter.data();
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest("hex");
}
