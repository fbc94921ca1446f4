import { join } from "node:path";
import { type DatasetLayout, type Listing, pairFiles } from "./layout.ts";
import { type FolderContent, listFiles, readFolder } from "./list_files.ts";
import { readMatFile } from "./mat_file.ts";
import type { TruthMask } from "./sample.ts";

const MAT = /\.mat$/i;

/** As many pixels as a photo may have. */
const MOST_PIXELS = 2 ** 27;

/** Left out by convention, so that figures can be compared: 117 photos are counted everywhere. */
const LEFT_OUT = "042";

const VAL = new Set(["004", "009", "019", "039", "053", "062", "068"]);

/** Whether a folder is laid out as CFD is: `image/NNN.jpg` and `groundTruth/NNN.mat`. */
async function recognise(root: string, { folders }: FolderContent): Promise<boolean> {
  if (!folders.includes("image") || !folders.includes("groundTruth")) return false;
  return (await readFolder(join(root, "groundTruth"))).files.some((name) => MAT.test(name));
}

async function list(root: string): Promise<Listing> {
  const photos = await listFiles(join(root, "image"));
  const truths = await listFiles(join(root, "groundTruth"), MAT);
  const kept = photos.filter(({ stem }) => stem !== LEFT_OUT);
  const listing = pairFiles({
    split: "all",
    path: join(root, "image"),
    photos: kept,
    truths: truths.filter(({ stem }) => stem !== LEFT_OUT),
  });
  const notes = [
    "Truth: regions of groundTruth.Segmentation; 2 and 4 are crack, 1 (background) and 3 (hole) are not.",
  ];
  if (kept.length < photos.length) notes.push(`Photo ${LEFT_OUT} is left out, by convention.`);
  return { ...listing, notes };
}

/**
 * Reads a truth of CFD: `groundTruth.Segmentation`, where 1 is background, 2 crack, 3 a hole and 4 crack again.
 *
 * @throws {SyntaxError} When the file is damaged, has no such field, or it holds other values.
 * @throws {TypeError} When it is no MATLAB file of level 5.
 * @throws {RangeError} When it has more than 2^27 pixels.
 */
export function readCfdTruth(bytes: Uint8Array): TruthMask {
  const variables = readMatFile(bytes, { only: "groundTruth" });
  const truth = variables.get("groundTruth");
  const fields = truth?.kind === "struct" ? truth.fields : undefined;
  const regions = fields?.get("Segmentation")?.[0];
  if (regions === undefined) {
    const found = fields === undefined
      ? `the variables ${[...variables.keys()].join(", ") || "(none)"}`
      : `groundTruth with the fields ${[...fields.keys()].join(", ") || "(none)"}`;
    throw new SyntaxError(
      `Cannot read the truth: the file holds ${found} where groundTruth.Segmentation is wanted.`,
    );
  }
  if (regions.kind !== "numbers" || regions.size.length !== 2) {
    throw new SyntaxError("Cannot read the truth: groundTruth.Segmentation is not a matrix of numbers.");
  }
  const [height, width] = regions.size;
  if (width * height > MOST_PIXELS) {
    throw new RangeError(
      `Cannot read the truth: it is ${width} × ${height} where at most ${MOST_PIXELS} pixels are wanted.`,
    );
  }
  const data = new Uint8Array(width * height);
  for (let x = 0, i = 0; x < width; x++) {
    for (let y = 0; y < height; y++, i++) {
      const region = regions.data[i];
      if (!(region >= 1 && region <= 4 && Number.isInteger(region))) {
        throw new SyntaxError(
          `Cannot read the truth: groundTruth.Segmentation holds ${region} where 1, 2, 3 or 4 is wanted.`,
        );
      }
      if (region === 2 || region === 4) data[y * width + x] = 1;
    }
  }
  return { width, height, data, form: { file: "MATLAB", values: "classes", crack: "2 or 4" } };
}

/**
 * CFD, the CrackForest dataset: Shi et al., "Automatic Road Crack Detection Using Random Structured Forests", IEEE Transactions on
 * Intelligent Transportation Systems 17 (12), 2016, doi:10.1109/TITS.2016.2552248.
 *
 * Published splits: 64 for training, 7 for validation, 46 for test.
 */
export const cfd: DatasetLayout = {
  recognise,
  list,
  truth: readCfdTruth,
  publishedSplit: ({ name }) => Number(name) >= 73 ? "test" : VAL.has(name) ? "val" : "train",
};
