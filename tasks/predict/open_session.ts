import { defaultTile } from "../../core/predict/predict_image.ts";
import { hashParameters } from "../batch/records.ts";
import { writeErr } from "../cli/terminal.ts";
import { describeThreads, openDevices, type OpenDevicesOptions } from "../batch/open_devices.ts";
import type { Session } from "./predict_photos.ts";
import { readSegmenter, shorten } from "../segmenter/read_segmenter.ts";

/** Options of {@linkcode openSession}. */
export interface OpenSessionOptions extends OpenDevicesOptions {
  /** File, folder or URL of the network. */
  readonly segmenter: string;
  /** Say nothing of what was chosen. */
  readonly quiet: boolean;
}

/** Opens the device, the backend and the network, and says on standard error which they are. */
export async function openSession(options: OpenSessionOptions): Promise<Session> {
  const { compute, runtime, adapterName } = await openDevices(options);
  const segmenter = await readSegmenter(options.segmenter);
  const { name, parameters } = segmenter;
  const tile = await defaultTile(compute, segmenter);
  const threads = describeThreads(await segmenter.planThreads(compute, tile ** 2));
  if (!options.quiet) writeErr(`Kernels run on ${adapterName}, ${name} on ${runtime.backend}${threads}.\n`);
  const sha256 = await hashParameters(parameters);
  return {
    compute,
    segmenter,
    segmenterRecord: { name, source: shorten(options.segmenter), sha256 },
    runtime,
    tile,
  };
}
