import { join } from "node:path";
import { VERSION } from "../cli/version.ts";
import { writeWhole } from "../files/write_whole.ts";
import { type Cell, crackRows, CRACKS, csvRow, MEASURED, measuredCells } from "./crack_table.ts";
import type { MeasuredFile, MeasureSettings, PhotoRecord } from "./manifest.ts";

/** Reads `measured/NAME.json`. JSON knows no NaN and no ∞: both were null. */
export async function readMeasured(path: string): Promise<MeasuredFile> {
  return JSON.parse(await Deno.readTextFile(path), (_, value) => value === null ? NaN : value);
}

/** The measured files of photos, one after the other. */
export type MeasuredFiles = () => AsyncIterable<
  { readonly record: PhotoRecord; readonly file: MeasuredFile }
>;

/**
 * Writes `cracks.csv`, `branches.csv`, `photos.csv` and `measure.json`, each whole, a photo in memory at a time. They depend on what was measured
 * and on nothing else, so that they are the same bytes however the work was shared.
 *
 * @returns their paths.
 */
export async function writeTables(
  folder: string,
  measured: MeasuredFiles,
  settings: MeasureSettings,
): Promise<string[]> {
  const rows = (
    heading: readonly string[],
    of: (photo: { record: PhotoRecord; file: MeasuredFile }) => Cell[][],
  ) =>
    async function* () {
      yield csvRow(heading);
      for await (const photo of measured()) for (const row of of(photo)) yield csvRow(row);
    }();
  const tables: readonly (readonly [name: string, content: AsyncIterable<string>])[] = [
    [
      "cracks.csv",
      rows(CRACKS, ({ file: { name, measurement, bands } }) => crackRows(name, measurement, bands)),
    ],
    ["branches.csv", rows(["photo", "crack", "branch", "from", "to", ...MEASURED], branchRows)],
    ["photos.csv", rows(PHOTO, (photo) => [photoRow(photo)])],
    ["measure.json", jsonOf(measured, settings)],
  ];
  for (const [name, content] of tables) await writeWhole(join(folder, name), content);
  return tables.map(([name]) => join(folder, name));
}

const PHOTO = [
  "photo",
  "width_px",
  "height_px",
  "mm_per_pixel",
  "cracks",
  "length_px",
  "length_mm",
  "area_px",
  "crack_share",
  "length_per_area_per_px",
  "length_per_area_m_per_m2",
  "width_max_px",
  "width_max_mm",
  "band",
  ...Array.from({ length: 18 }, (_, i) => `length_px_${10 * i}_${10 * i + 10}_deg`),
  "latitude",
  "longitude",
  "taken",
  "camera",
];

function branchRows({ file: { name, measurement } }: { file: MeasuredFile }): Cell[][] {
  return measurement.cracks.flatMap(({ branches }, i) =>
    branches.map((branch, k) => [name, i + 1, k + 1, branch.from, branch.to, ...measuredCells(branch)])
  );
}

function photoRow({ record, file: { measurement } }: { record: PhotoRecord; file: MeasuredFile }): Cell[] {
  const { width, height, mmPerPixel, cracks, length, area, share, density, densityPerMetre, orientations } =
    measurement;
  const scaled = (value: number | undefined) =>
    mmPerPixel === undefined || value === undefined ? undefined : value * mmPerPixel;
  const widest = record.widthMax ?? undefined;
  const { latitude, longitude, taken, camera } = record.exif ?? {};
  const place = (degrees: number | undefined) => degrees === undefined ? undefined : { degrees };
  return [
    record.name,
    width,
    height,
    mmPerPixel,
    cracks.length,
    length,
    scaled(length),
    area,
    share,
    density,
    densityPerMetre,
    widest,
    scaled(widest),
    record.band,
    ...orientations,
    place(latitude),
    place(longitude),
    taken,
    camera,
  ];
}

/** All photos with their cracks and branches, without the points of the centre lines. */
async function* jsonOf(measured: MeasuredFiles, settings: MeasureSettings): AsyncGenerator<string> {
  const { scale, prune, bands } = settings;
  const head = JSON.stringify({ program: "hairline", version: VERSION, unit: "pixel", scale, prune, bands });
  yield `${head.slice(0, -1)},"photos":[`;
  let first = true;
  for await (const { file } of measured()) {
    yield `${first ? "" : ","}\n${
      JSON.stringify(file, (key, value) => key === "points" ? undefined : value)
    }`;
    first = false;
  }
  yield "\n]}\n";
}
