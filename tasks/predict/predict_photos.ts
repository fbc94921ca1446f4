import { join } from "node:path";
import type { Compute, Plane } from "../../core/gpu/compute.ts";
import { coverTransparent } from "../../core/images/cover_transparent.ts";
import { encodeJpeg } from "../../core/images/encode_jpeg.ts";
import { uploadImage } from "../../core/images/upload_image.ts";
import { defaultScales, predictAtScales, type ScaledPrediction } from "../../core/predict/predict_scales.ts";
import type { OnProgress } from "../../core/photo_progress.ts";
import type { Segmenting } from "../../core/predict/segmenting.ts";
import { defaultOverlap, TILE_ALIGNMENT, type TileOptions } from "../../core/predict/tiles.ts";
import { reviewCommand } from "../batch/batch_command.ts";
import { type BatchOptions, type BatchSummary, runOverPhotos } from "../batch/batch_run.ts";
import { type BatchTask, type PhotoFacts, recordedPhoto, type ReportedPhotos } from "../batch/batch_task.ts";
import type { Runtime, TaskNouns } from "../batch/manifests.ts";
import { confidencePath, mapPaths, writeMaps } from "../batch/maps.ts";
import type { NetworkRecord } from "../batch/network_record.ts";
import { describeAdapter } from "../batch/open_devices.ts";
import { type FileRecord, writeOutput } from "../batch/output_files.ts";
import { MASK_COLOUR } from "../batch/overlay.ts";
import { type PlannedPhoto, type PlanOptions, planOverPhotos } from "../batch/plan_photos.ts";
import { reportEntries } from "../batch/report_entries.ts";
import type { ScaleChoice } from "../batch/scale_option.ts";
import { UsageError } from "../cli/errors.ts";
import { VERSION } from "../cli/version.ts";
import type { Photo } from "../files/photo_list.ts";
import { predictionChunks } from "../report/report.ts";
import { directionCounts, type DirectionMap, directionMap, encodeDirections } from "./direction_map.ts";
import {
  madeAt,
  OWN_SCALE,
  type PhotoRecord,
  PREDICT_MANIFEST,
  type PredictSettings,
  scalesOf,
  settingsDifference,
} from "./manifest.ts";

/** What to predict, how, and where to. */
export interface PredictPhotosOptions extends BatchOptions {
  /** A pixel is crack above this confidence. */
  readonly threshold: number;
  /** Side of the tiles of larger photos. Default: that of the session. */
  readonly tile?: number;
  /** The least that tiles share. Default: chosen by their side. */
  readonly overlap?: number;
  /** The scales that the network looks at. Default: those that earlier predictions in the folder were made at, and `defaultScales` in a new one. */
  readonly scales?: ScaleChoice;
  /** Whether to write the photos with their masks on them, too. */
  readonly overlays: boolean;
  /** Heading of the report. */
  readonly title: string;
}

/** What photos are predicted with. */
export interface Session {
  readonly compute: Compute;
  readonly segmenter: Segmenting;
  readonly segmenterRecord: NetworkRecord;
  /** Of a network that tells: which way cracks go at the pixels of a mask, in degrees. The plane is the caller's to dispose of. */
  readonly directions?: (image: Plane, mask: Uint8Array) => Promise<Plane>;
  readonly runtime: Runtime;
  /** Side of the tiles that the network takes. */
  readonly tile: number;
}

/** What came out. */
export type PredictSummary = BatchSummary<PhotoRecord>;

/** A prediction, which way its cracks go if the network tells, and the photo with its mask as JPEG where that is wanted. */
interface PredictOutput {
  readonly prediction: ScaledPrediction;
  readonly directions: DirectionMap | undefined;
  readonly overlay: Uint8Array<ArrayBuffer> | undefined;
}

/** Photos of a tile's size or a little more come in pairs, so that the network's threads all have one. */
const PIXELS_AT_ONCE = 2 ** 22;

const NOUNS: TaskNouns = { task: "predict", output: "prediction", outputs: "predictions" };

/** Whether these are scales that a manifest need not name. */
function isOwnScale({ start, levels }: ScaleChoice): boolean {
  return start === OWN_SCALE.start && levels === OWN_SCALE.levels;
}

/** The prediction of each photo, with its files. */
class PredictTask implements BatchTask<PhotoRecord, PredictSettings, PredictOutput> {
  readonly compute: Compute;
  readonly runtime: Runtime;
  readonly settings: PredictSettings;
  readonly pixelsAtOnce = PIXELS_AT_ONCE;
  readonly #options: PredictPhotosOptions;
  readonly #segmenter: Segmenting;
  readonly #directions: Session["directions"];

  constructor(
    options: PredictPhotosOptions,
    { compute, runtime, segmenter, segmenterRecord, directions, tile: fitting }: Session,
  ) {
    const { threshold, tile = fitting, overlap = defaultOverlap(tile), scales = defaultScales } = options;
    requireTiles({ tile, overlap });
    this.compute = compute;
    this.runtime = runtime;
    this.settings = {
      ...{ segmenter: segmenterRecord, threshold, tile, overlap },
      ...(isOwnScale(scales) ? {} : { scales: { ...defaultScales, ...scales } }),
    };
    this.#options = options;
    this.#segmenter = segmenter;
    this.#directions = directions;
  }

  get title(): string {
    return this.#options.title;
  }

  difference(before: PredictSettings): { was: string; is: string } | undefined {
    return settingsDifference(before, this.settings);
  }

  async process(image: ImageData, _: Photo, onProgress: OnProgress): Promise<PredictOutput> {
    const { threshold, tile, overlap } = this.settings;
    const network = { segmenter: this.#segmenter, tile, overlap };
    const options = { ...network, threshold, onProgress, ...scalesOf(this.settings) };
    const prediction = await predictAtScales(this.compute, image, options);
    const overlay = this.#options.overlays ? await overlayImage(image, prediction.mask) : undefined;
    return { prediction, directions: await this.#directionsOf(image, prediction), overlay };
  }

  /** At the photo's own scale, of crack pixels only. */
  async #directionsOf(
    image: ImageData,
    prediction: ScaledPrediction,
  ): Promise<DirectionMap | undefined> {
    if (this.#directions === undefined) return undefined;
    using plane = uploadImage(this.compute, coverTransparent(image).image);
    using directions = await this.#directions(plane, prediction.mask);
    return directionMap(await directions.read(), prediction);
  }

  async write(name: string, { prediction, directions, overlay }: PredictOutput): Promise<FileRecord[]> {
    const { out } = this.#options;
    const files = await writeMaps(out, name, prediction);
    if (directions !== undefined) {
      files.push(await writeOutput(out, directionPath(out, name), await encodeDirections(directions)));
    }
    if (overlay !== undefined) files.push(await writeOutput(out, overlayPath(out, name), overlay));
    return files;
  }

  record(facts: PhotoFacts, { prediction, directions }: PredictOutput): PhotoRecord {
    // At its own scale alone a photo's record is what it was before there were others.
    const { scales: _, warning: __, ...plain } = prediction;
    const found = this.settings.scales === undefined ? plain : prediction;
    return {
      ...recordedPhoto(facts, found),
      ...(directions === undefined ? {} : { orientations: directionCounts(directions) }),
      ...{ seconds: facts.seconds, predictedAt: facts.now },
    };
  }

  filesOf({ name }: PhotoRecord): string[] {
    const { out, overlays } = this.#options;
    return [
      ...mapPaths(out, name),
      ...(this.#directions ? [directionPath(out, name)] : []),
      ...(overlays ? [overlayPath(out, name)] : []),
    ];
  }

  report({ photos, failures, onFailure, part }: ReportedPhotos<PhotoRecord>): AsyncIterable<string> {
    const { out, title } = this.#options;
    const { runtime, settings: { segmenter, ...parameters } } = this;
    let withCrack = 0, seconds = 0;
    for (const photo of photos) {
      withCrack += Number(photo.crackPixels > 0);
      seconds += photo.seconds;
    }
    return predictionChunks({
      title,
      part,
      date: new Date(),
      version: VERSION,
      segmenter: `${segmenter.name}, ${segmenter.source}`,
      parameters,
      adapter: describeAdapter(runtime),
      backend: runtime.backend,
      review: reviewCommand(out),
      predicted: photos.length,
      withCrack,
      failed: failures.length,
      seconds,
      entries: reportEntries({ photos, failures, part }, {
        folder: out,
        onFailure,
        stages: ({ name }: PhotoRecord) => [{
          key: "confidence",
          title: "Confidence",
          note: "How sure the network is that a pixel is crack.",
          path: confidencePath(out, name),
        }, ...(this.#directions ? [{ ...DIRECTION, path: directionPath(out, name) }] : [])],
        complete: (entry) => entry,
      }),
    });
  }
}

/**
 * Predicts the cracks of photos into a folder: `confidence/NAME.png`, `masks/NAME.png`, `directions/NAME.png`, `overlays/NAME.jpg`,
 * `manifest.json` and `report.html`; see {@linkcode runOverPhotos}.
 *
 * @param open opens the device and the network, once it is clear that there is work for them.
 * @throws {UsageError} if there is nothing to predict, another run is at work, or the folder holds other things.
 */
export function predictPhotos(
  options: PredictPhotosOptions,
  open: () => Promise<Session>,
): Promise<PredictSummary> {
  return runOverPhotos(options, {
    nouns: NOUNS,
    schema: PREDICT_MANIFEST,
    madeAt,
    open: async ([before]) =>
      new PredictTask(
        { ...options, scales: options.scales ?? (before && scalesOf(before.manifest)) },
        await open(),
      ),
  });
}

/** Says what {@linkcode predictPhotos} would do. */
export function planPredictions(
  options: PlanOptions,
): AsyncGenerator<PlannedPhoto> {
  return planOverPhotos(options, { nouns: NOUNS, schema: PREDICT_MANIFEST, madeAt });
}

/** How much of the mask's colour a crack pixel takes on: the crack itself stays to be seen. */
const OPACITY = 0.6;

/** The map of directions in the report. */
const DIRECTION = {
  key: "direction",
  title: "Direction",
  note:
    "Which way the crack goes at each of its pixels: light from left to right, yellow rising to the right, dark upright, blue falling to the right.",
};

/** `directions/NAME.png`: see {@linkcode encodeDirections}. */
function directionPath(folder: string, name: string): string {
  return join(folder, "directions", `${name}.png`);
}

/** `overlays/NAME.jpg`, as large as the photo. */
function overlayPath(folder: string, name: string): string {
  return join(folder, "overlays", `${name}.jpg`);
}

/** A photo with its mask laid over it, as JPEG. The photo itself is left as it is. */
async function overlayImage(image: ImageData, mask: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const data = image.data.slice();
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    for (let c = 0; c < 3; c++) {
      data[4 * i + c] = (1 - OPACITY) * data[4 * i + c] + OPACITY * MASK_COLOUR[c];
    }
  }
  return await encodeJpeg(new ImageData(data, image.width, image.height), { quality: 90 });
}

/**
 * Makes sure that tiles can be laid, as far as they are given, before any photo is processed.
 *
 * @throws {UsageError} for a side or an overlap that cannot be.
 */
export function requireTiles({ tile, overlap }: Partial<TileOptions>): void {
  for (const [option, value] of [["--tile", tile], ["--overlap", overlap]] as const) {
    if (value === undefined || value % TILE_ALIGNMENT === 0) continue;
    throw new UsageError(`Cannot take ${value} for ${option}: a multiple of ${TILE_ALIGNMENT} is wanted.`);
  }
  if (tile === undefined || overlap === undefined || overlap <= tile / 2) return;
  throw new UsageError(
    `Cannot let tiles of ${tile} pixels share ${overlap}: at most half a tile is possible; change --tile or --overlap.`,
  );
}
