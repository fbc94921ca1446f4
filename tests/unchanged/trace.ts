import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeImage, openCompute } from "../../mod.ts";

/** What a JSON file can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Numbers as they are written down: their bits as a hash, and enough to judge how far others are off. */
export type Trace = {
  /** SHA-256 of the raw bytes. */
  readonly sha256: string;
  /** How many. */
  readonly size: number;
  readonly mean: number;
  readonly nonZero: number;
};

/** SHA-256 in hexadecimal. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes))).toHex();
}

export async function traceOf(data: Float32Array | Uint8Array | ImageDataArray): Promise<Trace> {
  let sum = 0, nonZero = 0;
  for (const value of data) {
    sum += value;
    nonZero += Number(value !== 0);
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { sha256: await sha256(bytes), size: data.length, mean: sum / data.length, nonZero };
}

/**
 * Fields that say when, how fast, by which version and on what machine something was made; and what the files of a photo are, which manifests
 * did not say when this was written down: the files themselves are compared.
 */
const PASSING = new Set([
  "files",
  ...["version", "runtime", "seconds", "dataShare"],
  ...["finishedAt", "labelledAt", "predictedAt"],
]);

/** What a manifest, a card or a summary says that must stay as it is. */
export function lasting(value: Json): Json {
  if (Array.isArray(value)) return value.map(lasting);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([key]) => !PASSING.has(key));
  return Object.fromEntries(entries.map(([key, field]) => [key, lasting(field)]));
}

export async function readJson(path: string): Promise<Json> {
  return JSON.parse(await Deno.readTextFile(path)) as Json;
}

/**
 * The files that a run left in a folder, by path: manifests as they are, images by their pixels, too, of a report only its name. Locks
 * and temporary files, which start with a dot, are left out.
 */
export async function traceFolder(folder: string, below = ""): Promise<{ [path: string]: Json }> {
  const found: { [path: string]: Json } = {};
  const entries = (await Array.fromAsync(Deno.readDir(join(folder, below)))).sort((a, b) =>
    a.name < b.name ? -1 : 1
  );
  for (const { name, isDirectory } of entries) {
    if (name.startsWith(".")) continue;
    const path = join(below, name);
    if (isDirectory) Object.assign(found, await traceFolder(folder, path));
    else found[path.replaceAll("\\", "/")] = await traceFile(join(folder, path));
  }
  return found;
}

async function traceFile(path: string): Promise<Json> {
  if (path.endsWith(".html")) return "a report";
  if (path.endsWith("manifest.json")) return lasting(await readJson(path));
  const bytes = await Deno.readFile(path);
  const file = { file: await sha256(bytes) };
  return path.endsWith(".png") ? { ...file, ...await traceOf((await decodeImage(bytes)).data) } : file;
}

/** A safetensors file: whole, its tensors and what it says of them. */
export async function traceCheckpoint(bytes: Uint8Array): Promise<Json> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start)));
  const { __metadata__: { sha256: _, ...metadata }, ...tensors } = header;
  return {
    file: await sha256(bytes),
    layout: { sha256: await sha256(new TextEncoder().encode(JSON.stringify(tensors))) },
    tensors: { sha256: await sha256(bytes.subarray(start)), count: Object.keys(tensors).length },
    metadata,
  };
}

/** What bits depend on beside the code. */
export async function machineAtHand(): Promise<Json> {
  using compute = await openCompute();
  return { adapter: compute.description, processor: Deno.build.arch, deno: Deno.version.deno };
}

/** Fields that a last bit can change altogether: hashes, and the threshold at which a curve has its maximum. */
const HASHES = new Set(["sha256", "file"]);
const JUMPING = new Set(["threshold"]);

/** Fails unless things are as they were written down on this machine. */
export function assertUnchanged(actual: Json, written: Json): void {
  assert.deepEqual(actual, written);
}

/**
 * Fails unless things are about as they were written down on another machine: hashes are skipped, means, losses and
 * other figures may be 2 % or 0.005 off, counts of what is not 0 1 % of all or 20, and numbers of crack pixels 5 % and 20.
 */
export function assertAlike(actual: Json, written: Json, where = ""): void {
  if (typeof actual === "number" && typeof written === "number") {
    const tolerance = where.endsWith(".crackPixels") ? 20 + 0.05 * written : 0.005 + 0.02 * Math.abs(written);
    assert.ok(
      Math.abs(actual - written) <= tolerance,
      `${where} is ${actual}, ${written} is written (± ${tolerance})`,
    );
    return;
  }
  if (actual === null || written === null || typeof actual !== "object" || typeof written !== "object") {
    assert.deepEqual(actual, written, where);
    return;
  }
  assert.deepEqual(Object.keys(actual), Object.keys(written), where);
  const fields = new Map(Object.entries(written));
  for (const [key, value] of Object.entries(actual)) {
    const expected = fields.get(key) ?? null;
    if (HASHES.has(key) || JUMPING.has(key)) continue;
    if (key === "nonZero" && typeof expected === "number" && typeof value === "number") {
      const most = Math.max(20, 0.01 * Number(fields.get("size")));
      assert.ok(
        Math.abs(value - expected) <= most,
        `${where}.${key} is ${value}, ${expected} is written (± ${most})`,
      );
    } else assertAlike(value, expected, `${where}.${key}`);
  }
}
