/**
 * Damages files of every kind that is read, in one process, and counts what becomes of them:
 *
 *     deno run --allow-read --allow-write=tests/.tmp tests/fuzz/fuzz_files.ts [COUNT] [SEED]
 *
 * Every file must be read or refused in a sentence, and take two seconds at most. Exits with 1 otherwise.
 *
 * @module
 */
import { join } from "node:path";
import { readCfdTruth } from "../../core/datasets/cfd.ts";
import { decodeImage } from "../../core/images/decode_image.ts";
import { KerasThread } from "../../models/import/open_keras_weights.ts";
import { openWeights } from "../../models/import/open_weights.ts";
import { loadSegmenterCheckpoint } from "../../models/segmenter/checkpoint.ts";
import { readManifest } from "../../tasks/batch/manifest_files.ts";
import { describeError } from "../../tasks/cli/errors.ts";
import { LABEL_MANIFEST } from "../../tasks/label/manifest.ts";
import { seeded } from "../core/testing.ts";
import { writeMat } from "../oracles/mat_writer.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { MUTATIONS, withChecksums } from "./mutations.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A kind of file: some that are whole, and how they are read. */
interface FileKind {
  readonly name: string;
  readonly files: readonly Bytes[];
  readonly read: (bytes: Bytes) => Promise<unknown> | unknown;
  /** One of so many trials is of this kind. */
  readonly every: number;
}

/** What became of the damaged files of a kind. */
export interface FuzzCounts {
  readonly kind: string;
  read: number;
  refused: number;
  /** Milliseconds of the slowest. */
  slowest: number;
}

/** What a run found. */
export interface FuzzResult {
  readonly counts: readonly FuzzCounts[];
  /** What went wrong: stack traces, and files that took longer than {@linkcode MOST_MILLISECONDS}. */
  readonly faults: readonly string[];
  /** Resident memory in MiB after the first tenth, the half and the whole. */
  readonly memory: readonly number[];
}

/** Pixels that a mutated header may claim: at most 16 MiB of RGBA. */
const MAX_PIXELS = 2 ** 22;
const MOST_MILLISECONDS = 2000;
/** Reading HDF5 is given up before that. It is tried seldom: each file given up leaves a thread that is busy until the process ends. */
const HDF5_MILLISECONDS = 1800;

const FIXTURES = new URL("../fixtures/", import.meta.url);

function fixtures(folder: string, ending: RegExp): Bytes[] {
  const url = new URL(`${folder}/`, FIXTURES);
  return [...Deno.readDirSync(url)].map(({ name }) => name).filter((name) => ending.test(name)).sort()
    .map((name) => Deno.readFileSync(new URL(name, url)));
}

function kindsOf(folder: string, keras: KerasThread): FileKind[] {
  const image = (name: string, ending: RegExp): FileKind => ({
    name,
    files: fixtures("images", ending),
    read: (bytes) => decodeImage(bytes, { maxPixels: MAX_PIXELS }),
    every: 8,
  });
  const truth = { groundTruth: { Segmentation: [[1, 2, 1], [3, 4, 1]], Boundaries: [[0, 1, 0]] } };
  const model = {
    format: "layers-model",
    weightsManifest: [{ paths: ["a.bin"], weights: [{ name: "a/kernel", shape: [2, 3], dtype: "float32" }] }],
  };
  const shard = new Uint8Array(24);
  const path = join(folder, "manifest.json");
  return [
    // Of the kinds that fit, the last is taken.
    image("JPEG", /\.jpg$/),
    { ...image("PNG", /\.png$/), every: 7 },
    { ...image("TIFF", /\.tif$/), every: 6 },
    {
      name: ".mat",
      files: [
        writeMat(truth),
        writeMat(truth, { compressed: true }),
        writeMat(truth, { littleEndian: false }),
      ],
      read: readCfdTruth,
      every: 5,
    },
    {
      name: "safetensors",
      files: fixtures("unchanged/checkpoints", /^segmenter-(?:unet|deepcrack_liu)/),
      read: loadSegmenterCheckpoint,
      every: 9,
    },
    {
      name: "tfjs",
      files: [new TextEncoder().encode(JSON.stringify(model))],
      read: async (bytes) => {
        using weights = await openWeights(bytes, () => Promise.resolve(shard));
        for (const { data } of weights.tensors.values()) void data;
      },
      every: 11,
    },
    {
      name: "manifest",
      files: fixtures("unchanged/broken_labels/labels", /^manifest\.json$/),
      read: async (bytes) => {
        await Deno.writeFile(path, bytes);
        await readManifest(path, { tasks: ["label"], schema: LABEL_MANIFEST, remedy: "choose another" });
      },
      every: 12,
    },
    {
      name: ".h5",
      files: fixtures("weights", /\.h5$/),
      read: async (bytes) => {
        const readShard = () => Promise.reject(new RangeError("Cannot read a shard: there is none."));
        using weights = await openWeights(bytes, readShard, { keras });
        for (const { data } of weights.tensors.values()) void data;
      },
      every: 40,
    },
  ];
}

/** Reads so many damaged files. */
export async function fuzzFiles(count: number, seed: number): Promise<FuzzResult> {
  await using folder = await temporaryFolder();
  using keras = new KerasThread({ limit: HDF5_MILLISECONDS });
  const kinds = kindsOf(folder.path, keras);
  // Threads that start and modules that are loaded with the first file are no fault of a damaged one.
  for (const { files, read } of kinds) await read(files[0]);
  const random = seeded(seed);
  const draw = (limit: number) => Math.floor(random() * limit);
  const mutations = Object.entries(MUTATIONS);
  const counts = kinds.map(({ name }): FuzzCounts => ({ kind: name, read: 0, refused: 0, slowest: 0 }));
  const faults: string[] = [];
  const memory: number[] = [];
  for (let trial = 1; trial <= count; trial++) {
    const index = kinds.findLastIndex(({ every }) => trial % every === 0);
    const chosen = index < 0 ? trial % 3 : index;
    const { name, files, read } = kinds[chosen];
    const [mutation, mutate] = mutations[draw(mutations.length)];
    const mutated = mutate(files[draw(files.length)], draw, files[draw(files.length)]);
    const bytes = name === "PNG" && draw(2) === 0 ? withChecksums(mutated) : mutated;
    const start = performance.now();
    let sentence: string | undefined;
    try {
      await read(bytes);
    } catch (error) {
      sentence = describeError(error);
    }
    const took = performance.now() - start;
    const tally = counts[chosen];
    tally.slowest = Math.max(tally.slowest, took);
    if (sentence === undefined) tally.read++;
    else tally.refused++;
    const where = `trial ${trial} of seed ${seed}, ${name}, ${mutation}`;
    if (sentence !== undefined && (/fault of Hairline/.test(sentence) || sentence.includes("\n"))) {
      faults.push(`${where}: ${sentence}`);
    }
    if (took > MOST_MILLISECONDS) faults.push(`${where}: ${Math.round(took)} ms`);
    if ([Math.ceil(count / 10), Math.ceil(count / 2), count].includes(trial)) {
      memory.push(Math.round(Deno.memoryUsage().rss / 2 ** 20));
    }
  }
  return { counts, faults, memory };
}

if (import.meta.main) {
  const [count = 10_000, seed = 13] = Deno.args.map(Number);
  const { counts, faults, memory } = await fuzzFiles(count, seed);
  console.table(counts.map((tally) => ({ ...tally, slowest: `${Math.round(tally.slowest)} ms` })));
  console.log(`Memory: ${memory.join(", ")} MiB after a tenth, the half and all of ${count} files.`);
  for (const fault of faults) console.error(fault);
  // Threads that HDF5 keeps busy end with the process only.
  Deno.exit(faults.length === 0 ? 0 : 1);
}
