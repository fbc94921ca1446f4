import { createHash } from "node:crypto";

/** What every task notes of a photo whose crack it marked. */
export interface PhotoRecord {
  /** The name of its outputs: `masks/NAME.png` and so on. */
  readonly name: string;
  /** Where the photo was, as the command gave it. */
  readonly path: string;
  /** SHA-256 of the photo's file, hexadecimal. */
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly crackPixels: number;
  /** Crack pixels over all pixels. */
  readonly crackShare: number;
  /** Time from the end of the photo before, or from the start of its own reading, to its outputs on the disk. */
  readonly seconds: number;
}

/** A photo that something failed for. */
export interface FailureRecord {
  readonly name: string;
  readonly path: string;
  /** Why, in a sentence. */
  readonly error: string;
}

/** The network of a run. */
export interface NetworkRecord {
  /** Architecture and size. */
  readonly name: string;
  /** The file or URL it was loaded from, or `shipped`. */
  readonly source: string;
  /** SHA-256 of its parameters, hexadecimal. */
  readonly sha256: string;
}

/** What computed. */
export interface Runtime {
  readonly deno: string;
  readonly tfjs: string;
  readonly adapter: string;
  readonly software: boolean;
  readonly backend: string;
}

/** `manifest.json` of a folder of outputs, as far as all tasks have it: what the outputs depend on is added by each. */
export interface RunManifest<Record extends PhotoRecord> {
  readonly program: "hairline";
  readonly version: string;
  /** The task that wrote it. */
  readonly task: string;
  readonly runtime: Runtime;
  /** `i/n` where this is one part of the work. */
  readonly shard?: string;
  readonly photos: readonly Record[];
  readonly failures: readonly FailureRecord[];
}

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

/** A network's parameter, as far as its hash goes. */
export interface HashedParameter {
  readonly shape: readonly number[];
  data(): Promise<Float32Array | Int32Array | Uint8Array>;
}

/**
 * SHA-256, in hexadecimal, of a network's parameters: of the name, shape and values of each in turn. It tells two
 * networks apart whatever kind of file they came from.
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
