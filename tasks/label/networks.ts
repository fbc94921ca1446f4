import type { Compute } from "../../core/gpu/compute.ts";
import type { Labeller } from "../../core/label/labeller.ts";
import { defaultTile } from "../../core/predict/tiles.ts";
import type { NetworkClassifier } from "../../models/classifier/classifier.ts";
import type { Segmenter } from "../../models/segmenter/segmenter.ts";
import { type NetworkRecord, networkRecord } from "../batch/network_record.ts";
import type { NetworkThreads } from "../batch/open_devices.ts";
import { readClassifier } from "../classifier/read_classifier.ts";
import { UsageError } from "../cli/errors.ts";
import { message, option, optional, string } from "../cli/optique.ts";
import { filePath } from "../cli/values.ts";
import { type FetchOptions, shorten } from "../files/fetch_file.ts";
import { readSegmenter, SHIPPED } from "../segmenter/read_segmenter.ts";

/** The options that name networks. */
export const networkOptions = {
  classifier: optional(option("-c", "--classifier", filePath(), {
    description:
      message`A classifier of your own: a checkpoint or its URL. Default: the one that ships with Hairline.`,
  })),
  segmenter: optional(option("-s", "--segmenter", string({ metavar: "FILE" }), {
    description:
      message`A segmentation network of your own, for --method hairline or inoue: a checkpoint, the folder of one, or its URL, which may end with ${"#sha256="} and the file's hash. Default: the one that ships with Hairline.`,
  })),
};

/** Where the networks of a run come from. */
export interface NetworkSources {
  /** The file of a classifier, or its URL. Default: the one that ships with Hairline. */
  readonly classifier?: string;
  /** A segmentation network: a checkpoint, the folder of one, or its URL. Default: the one that ships with Hairline. */
  readonly segmenter?: string;
  /** The folder that keeps what is fetched. */
  readonly cache?: string;
}

/** The networks that labels come from, as their manifest has them. */
export interface NetworkRecords {
  readonly classifier?: NetworkRecord;
  readonly segmenter?: NetworkRecord;
}

/** The networks that a method of labelling asks for, each opened when it is. */
export class LabelNetworks implements Disposable {
  readonly #sources: NetworkSources;
  #classifier: NetworkClassifier | undefined;
  #segmenter: Segmenter | undefined;

  constructor(sources: NetworkSources) {
    this.#sources = sources;
  }

  async classifier(): Promise<NetworkClassifier> {
    return this.#classifier ??= await readClassifier(this.#sources.classifier, this.#fetching());
  }

  async segmenter(): Promise<Segmenter> {
    return this.#segmenter ??= await readSegmenter(this.#sources.segmenter ?? SHIPPED, this.#fetching());
  }

  #fetching(): FetchOptions {
    return { script: "tasks/label.ts", cache: this.#sources.cache };
  }

  /**
   * Refuses a network that was named for a method that did not ask for it.
   *
   * @throws {UsageError} that names its option.
   */
  requireAsked({ id }: Labeller): void {
    const [classifier, segmenter] = [this.#classifier, this.#segmenter];
    for (const [kind, network] of Object.entries({ classifier, segmenter })) {
      if (network !== undefined || this.#sources[kind as keyof NetworkRecords] === undefined) continue;
      throw new UsageError(
        `Cannot label by the method ${id} with --${kind}: it does not use a ${kind}; leave it out, or choose another --method.`,
      );
    }
  }

  /** What manifests say of those that were asked for. */
  async records(): Promise<NetworkRecords> {
    const { classifier, segmenter } = this.#sources;
    return {
      ...(this.#classifier &&
        { classifier: await networkRecord(this.#classifier, shorten(classifier ?? SHIPPED)) }),
      ...(this.#segmenter &&
        { segmenter: await networkRecord(this.#segmenter, shorten(segmenter ?? SHIPPED)) }),
    };
  }

  /** Starts the threads of those that were asked for, or says how many there will be. */
  async startThreads(compute: Compute): Promise<NetworkThreads[]> {
    const plans: NetworkThreads[] = [];
    if (this.#classifier) {
      plans.push({ network: this.#classifier.name, threads: this.#classifier.startThreads() });
    }
    if (this.#segmenter) {
      const tile = await defaultTile(compute, this.#segmenter);
      const threads = await this.#segmenter.planThreads(compute, tile ** 2);
      plans.push({ network: this.#segmenter.name, threads });
    }
    return plans;
  }

  /** Frees them. */
  [Symbol.dispose](): void {
    this.#classifier?.dispose();
    this.#segmenter?.dispose();
  }
}
