import { networkRecord } from "../batch/network_record.ts";
import { readClassifier } from "../classifier/read_classifier.ts";
import { writeErr } from "../cli/terminal.ts";
import { describeDevices, openDevices, type OpenDevicesOptions } from "../batch/open_devices.ts";
import type { Session } from "./label_photos.ts";

/** Options of {@linkcode openSession}. */
export interface OpenSessionOptions extends OpenDevicesOptions {
  /** The file of a classifier. Default: the one that ships with Hairline. */
  readonly classifier?: string;
  /** Say nothing of what was chosen. */
  readonly quiet?: boolean;
}

/** Opens the device, the backend and the classifier, and says on standard error which they are. */
export async function openSession(options: OpenSessionOptions): Promise<Session> {
  const { compute, runtime } = await openDevices(options);
  const classifier = await readClassifier(options.classifier);
  const threads = classifier.startThreads();
  if (!options.quiet) writeErr(describeDevices(runtime, { network: classifier.name, threads }));
  return {
    compute,
    classifier,
    classifierRecord: await networkRecord(classifier, options.classifier ?? "shipped"),
    runtime,
  };
}
