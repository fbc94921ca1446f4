/**
 * What the page's workers run: it decodes photos and marks cracks with the codecs, kernels and the network that the commands use, so
 * that the page itself stays responsive.
 *
 * @module
 */
import type { Compute } from "../../../core/gpu/compute.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { hairlineLabeller } from "../../../core/label/hairline/hairline_label.ts";
import type { Labeller } from "../../../core/label/labeller.ts";
import { defaultHairline, type HairlineSettings } from "../../../core/label/hairline/settings.ts";
import { predictAtScales } from "../../../core/predict/predict_scales.ts";
import { measureCracks } from "../../../core/measure/measure_cracks.ts";
import { type BackendName, openBackend } from "../../../models/backend.ts";
import { loadSegmenter } from "../../../models/segmenter/checkpoint.ts";
import type { Segmenter } from "../../../models/segmenter/segmenter.ts";
import { serveRequests } from "../../../models/threads/serve_requests.ts";
import { maskBytes } from "../../batch/map_bytes.ts";
import { StageImages } from "../../label/stage_images.ts";
import { SavedFiles } from "./saved_files.ts";
import type { Engine, EngineReply, EngineRequest, Look, Marked, StagePicture } from "./engine_protocol.ts";
import type { Pixels } from "./box.ts";

/** What photos are marked with, opened once. */
interface Session {
  readonly compute: Compute;
  readonly segmenter: Segmenter;
  readonly engine: Engine;
}

let session: Promise<Session> | undefined;
let device: Promise<Compute> | undefined;
let files: SavedFiles | undefined;

async function openDevice(): Promise<Compute> {
  if (!await navigator.gpu?.requestAdapter()) {
    throw new Error(
      "Cannot mark cracks here: this browser offers no WebGPU; a current Chrome, Edge, Firefox or Safari with a graphics driver is wanted.",
    );
  }
  return await openCompute();
}

function compute(): Promise<Compute> {
  return device ??= openDevice();
}

async function openSession(wanted?: BackendName): Promise<Session> {
  const opened = await compute();
  const backend = await openBackend({ compute: opened, backend: wanted });
  const segmenter = await loadSegmenter();
  return {
    compute: opened,
    segmenter,
    engine: { ...backend, adapter: opened.description, network: segmenter.name },
  };
}

/** The method `hairline` from a scale on, changed. */
function labellerAt(
  { compute, segmenter }: Session,
  start: number | "auto",
  change: Partial<HairlineSettings> = {},
): Labeller {
  const settings = { ...defaultHairline, scales: { ...defaultHairline.scales, start }, ...change };
  return hairlineLabeller(compute, { segmenter, settings });
}

async function mark(
  { width, height, data }: Pixels,
  { method, scale }: Look,
): Promise<Marked> {
  const start = scale ?? "auto";
  const opened = await (session ??= openSession());
  const image = new ImageData(data, width, height);
  const { confidence, mask, scales, warning } = method === "label"
    ? await labellerAt(opened, start).label(image)
    : await predictAtScales(opened.compute, image, { segmenter: opened.segmenter, start });
  return {
    confidence: new Float32Array(confidence),
    mask: new Uint8Array(mask),
    scale: scales?.[0].scale ?? 1,
    ...(warning === undefined ? {} : { warning }),
  };
}

/** The maps of a label; what of them exceeds the threshold; and the pieces of that which stay. */
async function stagesOf({ width, height, data }: Pixels, scale: number | "auto"): Promise<StagePicture[]> {
  // Those that the mask is decided by.
  const labeller = labellerAt(await (session ??= openSession()), scale, { confidences: "raw" });
  const images = new StageImages();
  const { confidence, mask } = await labeller.label(new ImageData(data, width, height), {
    stages: (rows) => images.add(rows),
  });
  const { labelThreshold } = defaultHairline;
  const exceeding = Uint8Array.from(confidence, (value) => value > labelThreshold ? 255 : 0);
  return [
    ...images.all.map(({ key, width, height, data }) => {
      const { title, note } = labeller.stages.find((kind) => kind.key === key)!;
      return { title, note, width, height, data };
    }),
    {
      title: "Threshold",
      note: `What is surer than ${100 * labelThreshold} %.`,
      width,
      height,
      data: exceeding,
    },
    { title: "Pieces", note: "What of it can be a crack.", width, height, data: maskBytes(mask) },
  ];
}

async function answer(request: EngineRequest): Promise<EngineReply> {
  switch (request.ask) {
    case "open":
      return (await (session ??= openSession(request.backend))).engine;
    case "decode": {
      const { width, height, data } = await decodeImage(request.bytes);
      return { width, height, data: new Uint8ClampedArray(data) };
    }
    case "mark":
      return await mark(request.pixels, request.look);
    case "stages":
      return await stagesOf(request.pixels, request.scale ?? "auto");
    case "measure": {
      const { photo, mask, mmPerPixel } = request;
      const { width, height, data } = photo;
      return await measureCracks(await compute(), { width, height, data: mask }, {
        photo: new ImageData(data, width, height),
        mmPerPixel,
      });
    }
    case "begin files":
      files = new SavedFiles(request.kind, compute);
      return;
    case "add to files":
      await files?.add(request.photo);
      return;
    case "end files":
      return await files?.finish();
    case "encode": {
      const { width, height, grey } = request;
      return { png: await encodePng({ width, height, channels: 1, data: grey }) };
    }
  }
}

serveRequests<EngineRequest, EngineReply>(answer, {
  transfer: (reply) => {
    if (reply === undefined || Array.isArray(reply)) return [];
    if ("data" in reply) return [reply.data.buffer];
    return "mask" in reply ? [reply.mask.buffer, reply.confidence.buffer] : [];
  },
});
